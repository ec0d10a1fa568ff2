// The last events, as they come.
import {useEffect, useRef, useState} from './hooks.js';
import {Panel, className, html} from './view.js';
import {count, event} from './words.js';

const SHOWN = 200;

function Filter({filter, calls, onFilter}) {
	const set = (key, value) => onFilter({...filter, [key]: value});
	return html`<form class="filters" onSubmit=${e => e.preventDefault()}>
		<label>Call <select value=${filter.call} onChange=${e => set('call', e.target.value)}>
			<option value="">all</option>${calls.map(c => html`<option key=${c} value=${c}>${c}</option>`)}</select></label>
		<label>Pid <input type="text" inputmode="numeric" pattern="[0-9]*" size="8" value=${filter.pid}
			onChange=${e => set('pid', e.target.value.replace(/[^0-9]/g, ''))} /></label>
		<label>Text <input type="search" size="14" value=${filter.text} onChange=${e => set('text', e.target.value)} /></label>
		<label>From <input type="text" size="6" placeholder="64K" pattern="[0-9.]+[KMGT]?" value=${filter.min_size}
			onChange=${e => set('min_size', e.target.validity.valid ? e.target.value : '')} /></label>
		<label><input type="checkbox" checked=${filter.failed === '1'} onChange=${e => set('failed', e.target.checked ? '1' : '')} /> failed only</label>
	</form>`;
}

export function exportUrl(filter, run) {
	const query = new URLSearchParams(Object.entries({...filter, run}).filter(([, v]) => v));
	query.set('limit', '32768');
	return `/api/v1/events.jsonl?${query}`;
}

export function Tail({events, passed, filter, calls, run, onFilter}) {
	const [paused, setPaused] = useState(null), place = useRef(null), sticks = useRef(true);
	const shown = (paused ?? events).slice(-SHOWN);
	useEffect(() => {
		if (sticks.current && place.current)
			place.current.scrollTop = place.current.scrollHeight;
	}, [shown[shown.length - 1]?.seq]);
	const onScroll = e => {
		sticks.current = e.target.scrollHeight - e.target.scrollTop - e.target.clientHeight < 30;
	};
	const aside = html`<span class="tools">
		<button type="button" aria-pressed=${paused !== null} onClick=${() => setPaused(paused ? null : events)}>${paused ? 'Go on' : 'Pause'}</button>
		<a class="button" href=${exportUrl(filter, run)} download="events.jsonl">Export as JSON lines</a></span>`;
	return html`<${Panel} id="events" title="Events" aside=${aside}>
		<${Filter} filter=${filter} calls=${calls} onFilter=${onFilter} />
		<div class="scroll tail" tabindex="0" role="region" aria-label="Events, the table" ref=${place} onScroll=${onScroll}>
			<table><thead><tr><th scope="col" class="number">Time</th><th scope="col" class="number">Pid</th>
				<th scope="col">Name</th><th scope="col">Event</th></tr></thead>
			<tbody>${shown.map(e => html`<tr key=${e.seq} class=${className(e.error && 'failed')}>
				<td class="number">${e.elapsed?.toFixed(6)}</td><td class="number">${e.tid !== e.pid && e.tid ? `${e.pid}/${e.tid}` : e.pid}</td>
				<td>${e.comm}</td><td class="wide"><code>${event(e)}</code></td></tr>`)}
				${shown.length === 0 && html`<tr><td colspan="4" class="empty">None that pass.</td></tr>`}</tbody></table>
		</div>
		<p class="note">${passed ? `${count(passed)} more came too fast to be shown; the export has all that are still kept.` : ''}</p>
	</${Panel}>`;
}

export function Findings({findings}) {
	return html`<${Panel} id="findings" title="Findings" aside=${html`<span class="note">${count(findings.length)}</span>`}>
		<div class="scroll" tabindex="0" role="region" aria-label="Findings, the list"><ul class="findings" aria-live="polite">
			${[...findings].reverse().map(f => html`<li key=${f.seq} class=${`severity-${f.severity === 'error' ? 'error' : 'other'}`}>
				<b>${f.severity}</b> ${f.rule}: ${f.message} <span class="note">${f.pid ? `${f.pid} ${f.comm ?? ''}, ` : ''}${f.elapsed?.toFixed(3)} s</span></li>`)}
			${findings.length === 0 && html`<li class="empty">None.</li>`}
		</ul></div>
	</${Panel}>`;
}
