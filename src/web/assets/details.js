// More about one thing: a mapping's history, a site's stack.
import {useEffect, useRef, useState} from './hooks.js';
import {html} from './view.js';
import {count, seconds, size} from './words.js';

function Stack({stack}) {
	if (!stack?.length)
		return null;
	return html`<ol class="stack">${stack.map((frame, i) => html`<li key=${i}><code>${frame}</code></li>`)}</ol>`;
}

function History({open, run}) {
	const [history, setHistory] = useState(null), [trouble, setTrouble] = useState('');
	useEffect(async () => {
		setHistory(null);
		try {
			const query = new URLSearchParams({process: open.process, address: open.range.start, run});
			const answer = await (await fetch(`/api/v1/history?${query}`)).json();
			setHistory(answer.history ?? []);
			setTrouble(answer.error ?? '');
		} catch (e) {
			setTrouble(String(e));
		}
	}, [open]);
	const r = open.range;
	return html`<div>
		<p><code>${r.start}</code> to <code>${r.end}</code>, ${size(r.length)}, <code>${r.perms}</code>, ${r.name ?? 'anonymous'}</p>
		${trouble && html`<p role="alert">${trouble}</p>`}
		${history === null && !trouble && html`<p>Asking…</p>`}
		${history && html`<ol class="history">${history.map(deed => html`<li key=${`${deed.seq} ${deed.start}`}>
			<span class="note">${seconds(deed.elapsed)}</span> ${deed.what}${deed.length === undefined ? '' : `, ${size(deed.length)}`} <${Stack} stack=${deed.stack} /></li>`)}
			${history.length === 0 && html`<li class="empty">Nothing that is still remembered.</li>`}</ol>`}
	</div>`;
}

function Site({site}) {
	return html`<div>
		<p>${site.site}${site.comm ? ` in ${site.comm}` : ''}: ${count(site.calls)} calls, ${count(site.failed)} failed;
			${size(site.mapped)} in all, ${size(site.live)} there now, ${size(site.peak)} at most;
			first at ${seconds(site.first)}, last at ${seconds(site.last)}.</p>
		${site.stack ? html`<${Stack} stack=${site.stack} />` : html`<p class="note">Stacks are told with -k.</p>`}
	</div>`;
}

export function Details({open, run, onClose}) {
	const dialog = useRef(null);
	useEffect(() => {
		if (open && !dialog.current.open)
			dialog.current.showModal();
		if (!open && dialog.current.open)
			dialog.current.close();
	}, [open]);
	return html`<dialog ref=${dialog} onClose=${onClose} aria-labelledby="details-title">
		<header><h2 id="details-title">${open?.kind === 'site' ? 'Where calls come from' : 'History of a mapping'}</h2>
			<button type="button" onClick=${onClose}>Close</button></header>
		${open?.kind === 'mapping' && html`<${History} open=${open} run=${run} />`}
		${open?.kind === 'site' && html`<${Site} site=${open.site} />`}
	</dialog>`;
}
