// An address space, drawn: bands from low to high, gaps folded.
import {useState} from './hooks.js';
import {CLASSES, Panel, className, html} from './view.js';
import {size} from './words.js';

const bytesOf = band => Number(BigInt(band.end) - BigInt(band.start));

// Wide enough to be seen, however small; a thousand times as big is a few times as wide.
const widthOf = band => 4 + 6 * Math.log2(bytesOf(band) / 4096 + 1);

function describe(band) {
	const ranges = band.ranges === 1 ? '' : `, ${band.ranges} ranges`;
	return `${band.start} to ${band.end}: ${size(bytesOf(band))} ${band.class}${ranges}`;
}

export function Space({bands, process}) {
	const [at, setAt] = useState(0);
	const there = bands.filter(b => !b.gone);
	const current = there[Math.min(at, there.length - 1)];
	const onKey = e => {
		const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 20, PageUp: -20}[e.key];
		const to = e.key === 'Home' ? 0 : e.key === 'End' ? there.length - 1 : step ? at + step : null;
		if (to === null)
			return;
		e.preventDefault();
		setAt(Math.max(0, Math.min(there.length - 1, to)));
	};
	let last = null;
	const drawn = [];
	bands.forEach((band, i) => {
		const gap = last && !band.gone && BigInt(band.start) > BigInt(last.end) ? Number(BigInt(band.start) - BigInt(last.end)) : 0;
		if (gap)
			drawn.push(html`<span key=${`gap ${band.key}`} class="gap" aria-hidden="true" title=${`a gap of ${size(gap)}`}></span>`);
		if (!band.gone)
			last = band;
		const chosen = band === current;
		drawn.push(html`<span key=${band.key + (band.gone ? ' gone' : '')} id=${band.gone ? undefined : `band-${there.indexOf(band)}`}
			role=${band.gone ? undefined : 'option'} aria-hidden=${band.gone ? 'true' : undefined} aria-selected=${band.gone ? undefined : chosen ? 'true' : 'false'}
			class=${className('band', `c-${band.class}`, band.fresh && 'fresh', band.gone && 'gone', chosen && 'chosen')}
			style=${{flexBasis: `${widthOf(band)}px`}} title=${describe(band)}
			aria-label=${band.gone ? undefined : describe(band)} onMouseEnter=${() => !band.gone && setAt(there.indexOf(band))}></span>`);
	});
	return html`<${Panel} id="space" title=${process ? `Address space of ${process.pid} ${process.comm}` : 'Address space'}
		aside=${html`<ul class="key" aria-label="Colours">${CLASSES.map(c => html`<li key=${c}><span class=${`mark c-${c}`}></span>${c}</li>`)}</ul>`}>
		${there.length ? html`
			<div class="bands" role="listbox" tabindex="0" aria-label="Ranges from low to high addresses"
				aria-activedescendant=${`band-${there.indexOf(current)}`} onKeyDown=${onKey}>${drawn}</div>
			<p class="told">${describe(current)}</p>`
		: html`<p class="empty">${process ? 'It has none now.' : 'Choose a process by its pid.'}</p>`}
	</${Panel}>`;
}
