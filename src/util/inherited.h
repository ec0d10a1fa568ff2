/*
 * Descriptors from 3 up that this process was started with. They are for the command that it launches; kept
 * open here, too, they would keep whoever reads from or writes to their other ends waiting.
 */
#pragma once

/* inherited_note - remember which there are: before any is opened. */
void inherited_note(void);

/* inherited_close - close them: when the command has them. */
void inherited_close(void);
