// Memory and calls over time.
import {useEffect, useRef, useState} from './hooks.js';
import uPlot from './uplot.js';
import {Panel, className, html} from './view.js';
import {count, seconds, size} from './words.js';

const LEVELS = ['committed', 'resident', 'file', 'shared', 'heap', 'stack', 'exec', 'reserved', 'mapped'];
const SHOWN = ['committed', 'resident', 'file'];
// Ticks at round figures: of bytes, and of what is counted.
const POWERS = Array.from({length: 48}, (_, i) => 2 ** i);
const WHOLE = Array.from({length: 12}, (_, i) => [1, 2, 5].map(n => n * 10 ** i)).flat();

const DASHES = {resident: [6, 4], mapped: [2, 3]};

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Steps as points in time; what is last is so until now.
export function levelData(series, now, names) {
	const steps = series.levels.mapped?.length ?? 0;
	const xs = [];
	for (let i = 0; i < steps; i++)
		xs.push(series.from + i * series.width);
	if (steps && now > xs[steps - 1])
		xs.push(now);
	return [xs, ...names.map(name => {
		const column = series.levels[name] ?? [];
		return xs.map((_, i) => column[Math.min(i, column.length - 1)] ?? null);
	})];
}

// Calls a second; the step that runs still isn't whole.
export function rateData(series, names) {
	const steps = Math.max(0, (series.failed?.length ?? 0) - 1);
	const xs = [];
	for (let i = 0; i < steps; i++)
		xs.push(series.from + i * series.width);
	return [xs, ...names.map(name => {
		const column = name === 'failed' ? series.failed : series.calls[name] ?? [];
		return xs.map((_, i) => (column[i] ?? 0) / series.width);
	})];
}

function options(width, height, names, colours, format, dashes) {
	const text = colour('--text'), lines = colour('--line');
	const axis = {stroke: text, grid: {stroke: lines, width: 1}, ticks: {stroke: lines, width: 1}};
	return {
		width, height,
		legend: {show: false},
		cursor: {drag: {x: true, y: false}},
		scales: {x: {time: false}, y: {range: (_, min, max) => [0, max > 0 ? max * 1.05 : 1]}},
		axes: [
			{...axis, values: (_, v) => v.map(t => `${t} s`)},
			{...axis, size: 64, values: (_, v) => v.map(format), incrs: format === size ? POWERS : WHOLE},
		],
		series: [{}, ...names.map((name, i) => ({label: name, stroke: colours[i], width: 2, dash: dashes[name], points: {show: false}}))],
	};
}

// What is at a point, in words.
function words(data, names, format, at) {
	return at < 0 ? '' : `${seconds(data[0][at])}: ${names.map((n, i) => `${n} ${format(data[i + 1][at])}`).join(', ')}`;
}

function Plot({label, data, names, colours, format, dashes = {}, height = 220, at, onHover, theme}) {
	const place = useRef(null), plot = useRef(null), zoomed = useRef(null);
	const key = `${names.join()} ${colours.join()} ${theme}`;
	useEffect(() => {
		const width = place.current.clientWidth || 300;
		const made = options(width, height, names, colours, format, dashes);
		made.hooks = {
			setCursor: [u => onHover(u.cursor.idx ?? null)],
			setSelect: [u => { zoomed.current = u.select.width > 0; }],
		};
		plot.current = new uPlot(made, data, place.current);
		plot.current.over.addEventListener('dblclick', () => { zoomed.current = null; });
		const watch = new ResizeObserver(() => plot.current.setSize({width: place.current.clientWidth, height}));
		watch.observe(place.current);
		return () => {
			watch.disconnect();
			plot.current.destroy();
		};
	}, [key, height]);
	useEffect(() => {
		plot.current.setData(data, !zoomed.current);
	}, [data]);
	const zoom = factor => {
		const {min, max} = plot.current.scales.x, middle = (min + max) / 2, half = (max - min) / 2 * factor;
		zoomed.current = true;
		plot.current.setScale('x', {min: middle - half, max: middle + half});
	};
	const reset = () => {
		zoomed.current = null;
		plot.current.setData(data, true);
	};
	const last = data[0].length - 1, point = at ?? last;
	const onKey = e => {
		const to = {ArrowLeft: point - 1, ArrowDown: point - 1, ArrowRight: point + 1, ArrowUp: point + 1, PageDown: point - 10,
			PageUp: point + 10, Home: 0, End: last}[e.key];
		if (to === undefined || last < 0)
			return;
		e.preventDefault();
		const i = Math.max(0, Math.min(last, to));
		plot.current.setCursor({left: plot.current.valToPos(data[0][i], 'x'), top: 1});
		onHover(i);
	};
	return html`<div class="plot">
		<div class="plot-tools">
			<button type="button" onClick=${() => zoom(0.5)} aria-label=${`Zoom into ${label}`}>+</button>
			<button type="button" onClick=${() => zoom(2)} aria-label=${`Zoom out of ${label}`}>−</button>
			<button type="button" onClick=${reset} aria-label=${`Show all of ${label}`}>all</button>
		</div>
		<div ref=${place} class="plot-place" tabindex="0" role="slider" aria-label=${label} aria-valuemin="0" aria-valuemax=${Math.max(0, last)}
			aria-valuenow=${Math.max(0, point)} aria-valuetext=${words(data, names, format, point)} onKeyDown=${onKey}></div>
	</div>`;
}

function Legend({names, colours, values, format, shown, onToggle, at}) {
	return html`<div class="legend">
		<span class="legend-at">${at}</span>
		${names.map((name, i) => html`<button type="button" key=${name} aria-pressed=${shown.includes(name)}
			class=${className('legend-item', !shown.includes(name) && 'off')} onClick=${() => onToggle(name)}>
			<span class="swatch" style=${{background: colours[i]}}></span>${name}
			<b>${shown.includes(name) && values[name] !== undefined ? format(values[name]) : ''}</b>
		</button>`)}
	</div>`;
}

function useShown(first) {
	const [shown, setShown] = useState(first);
	const toggle = name => setShown(shown.includes(name) ? shown.filter(n => n !== name) : [...shown, name]);
	return [shown, toggle];
}

function valuesAt(data, names, at) {
	const values = {}, i = at ?? data[0].length - 1;
	names.forEach((name, n) => { values[name] = data[n + 1][i]; });
	return values;
}

export function MemoryChart({series, now, who, theme}) {
	const [shown, toggle] = useShown(SHOWN), [at, setAt] = useState(null);
	const names = LEVELS.filter(n => shown.includes(n));
	const data = levelData(series, now, names);
	const point = at !== null && at < data[0].length ? at : null;
	return html`<${Panel} id="memory" title=${`Memory of ${who}`}>
		<${Plot} label=${`memory of ${who} over time`} data=${data} names=${names} theme=${theme}
			colours=${names.map(n => colour(`--c-${n}`))} format=${size} dashes=${DASHES} at=${point} onHover=${setAt} />
		<${Legend} names=${LEVELS} colours=${LEVELS.map(n => colour(`--c-${n}`))} shown=${shown} onToggle=${toggle} format=${size}
			values=${valuesAt(data, names, point)} at=${point === null ? 'now' : seconds(data[0][point])} />
	</${Panel}>`;
}

const rate = v => count(Math.round(v ?? 0));

const RATES = ['--c-committed', '--c-file', '--c-heap', '--c-shared', '--c-stack', '--c-exec', '--c-reserved'];

export function RateChart({series, theme}) {
	const all = [...Object.keys(series.calls).sort(), 'failed'];
	const [hidden, toggle] = useShown([]), [at, setAt] = useState(null);
	const colourOf = name => name === 'failed' ? colour('--c-failed') : colour(RATES[all.indexOf(name) % RATES.length]);
	const names = all.filter(n => !hidden.includes(n));
	const data = rateData(series, names);
	const point = at !== null && at < data[0].length ? at : null;
	return html`<${Panel} id="rates" title="Calls a second">
		<${Plot} label="calls a second over time" data=${data} names=${names} colours=${names.map(colourOf)} theme=${theme}
			format=${rate} dashes=${{failed: [4, 3]}} at=${point} onHover=${setAt} />
		<${Legend} names=${all} colours=${all.map(colourOf)} shown=${names} onToggle=${toggle} format=${rate}
			values=${valuesAt(data, names, point)} at=${point === null ? 'last' : seconds(data[0][point])} />
	</${Panel}>`;
}
