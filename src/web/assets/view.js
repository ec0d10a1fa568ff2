// What the parts of the page are made with.
import {h} from './preact.js';
import htm from './htm.js';

export const html = htm.bind(h);

// Colours that people with any kind of colour vision can tell apart: after Okabe and Ito, dark enough for either ground.
export const CLASSES = ['exec', 'stack', 'heap', 'shared', 'file', 'reserved', 'committed'];

export function className(...names) {
	return names.filter(Boolean).join(' ');
}

export function Panel({title, id, aside, children}) {
	return html`<section class="panel" aria-labelledby=${`${id}-title`} id=${id}>
		<header><h2 id=${`${id}-title`}>${title}</h2>${aside}</header>
		${children}
	</section>`;
}
