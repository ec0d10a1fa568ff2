// The page: what it follows, and its parts.
import {render} from './preact.js';
import {useEffect, useRef, useState} from './hooks.js';
import {MemoryChart, RateChart} from './charts.js';
import {Details} from './details.js';
import {link} from './link.js';
import {Space} from './space.js';
import {apply, fresh} from './state.js';
import {Mappings, Processes, Sites} from './tables.js';
import {Findings, Tail} from './tail.js';
import {className, html} from './view.js';
import {count, seconds} from './words.js';

// The token is in the cookie by now: nobody is to copy it from the address.
if (location.search)
	history.replaceState(null, '', location.pathname + location.hash);

const STATUS = {
	opening: 'Connecting…', open: 'Live', waiting: 'Connection lost; trying again…',
	refused: 'This server has another token: open the address that it printed.',
};

function readHash() {
	const hash = new URLSearchParams(location.hash.slice(1));
	return {process: Number(hash.get('process')) || 0, run: hash.get('run') ?? ''};
}

function writeHash({process, run}) {
	const hash = new URLSearchParams(Object.entries({process: process || '', run}).filter(([, v]) => v));
	history.replaceState(null, '', location.pathname + (`${hash}` ? `#${hash}` : ''));
}

function coverage(run) {
	if (!run)
		return {words: '', bad: false};
	if (run.end)
		return {words: run.end.reasons?.length ? `${run.end.coverage}: ${run.end.reasons.join(', ')}` : run.end.coverage, bad: run.end.coverage !== 'complete'};
	if (run.lost)
		return {words: 'partial', bad: true};
	return {words: run.model ? 'complete so far' : 'no results, so no memory', bad: !run.model};
}

const SPEEDS = ['0', '1', '2', '5', '10', '50', 'max'];

function Speed({speed, onSpeed}) {
	const now = speed === null ? 'max' : String(speed);
	const choices = SPEEDS.includes(now) ? SPEEDS : [now, ...SPEEDS];
	return html`<label>Speed <select value=${now} onChange=${e => onSpeed(e.target.value)}>
		${choices.map(s => html`<option key=${s} value=${s}>${s === '0' ? 'stand still' : s === 'max' ? 'all at once' : `${s}×`}</option>`)}</select></label>`;
}

function Runs({runs, chosen, onRun}) {
	if (runs.length < 2)
		return null;
	return html`<label>Run <select value=${chosen} onChange=${e => onRun(e.target.value)}>
		<option value="">the newest</option>
		${runs.map(r => html`<option key=${r.run} value=${r.run}>${r.start?.host ?? ''} ${r.start?.time?.slice(0, 19) ?? r.run} ${(r.start?.command ?? []).join(' ').slice(0, 60)}</option>`)}
	</select></label>`;
}

function Head({state, status, runs, chosenRun, theme, onTheme, onSpeed, onRun}) {
	const run = state.run, cover = coverage(run), start = run?.start;
	return html`<div class="top">
		<header class="head">
			<h1>memtrace</h1>
			<p class="command" title=${(start?.command ?? []).join(' ')}>${start ? `${start.host}: ${(start.command ?? [start.engine_reason ?? '']).join(' ')}` : ''}</p>
			<p role="status" class=${className('status', status)}>${STATUS[status]}${run?.end ? ' (the run has ended)' : ''}</p>
			<dl>
				<div class=${run?.lost ? 'bad' : ''}><dt>Lost</dt><dd>${count(run?.lost)}</dd></div>
				<div class=${cover.bad ? 'bad' : ''}><dt>Coverage</dt><dd>${cover.words}</dd></div>
			</dl>
		</header>
		<section class="about" aria-label="The run">
			<dl>
				<div><dt>Time</dt><dd>${seconds(run?.now)}</dd></div>
				<div><dt>Events</dt><dd>${count(run?.events)}</dd></div>
				<div><dt>Calls</dt><dd>${count(run?.calls)}</dd></div>
				<div><dt>Processes</dt><dd>${count(run?.living)}</dd></div>
				<div><dt>Engine</dt><dd>${start?.engine ?? ''}</dd></div>
			</dl>
			<span class="tools">
				<${Runs} runs=${runs} chosen=${chosenRun} onRun=${onRun} />
				${state.trouble && html`<span role="alert" class="trouble">${state.trouble}</span>`}
				${state.speed !== undefined && html`<${Speed} speed=${state.speed} onSpeed=${onSpeed} />`}
				<label>Colours <select value=${theme} onChange=${e => onTheme(e.target.value)}>
					<option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>
			</span>
		</section>
	</div>`;
}

function useTheme() {
	const [theme, setTheme] = useState('auto'), [, setSystem] = useState(false);
	useEffect(() => {
		if (theme === 'auto')
			delete document.documentElement.dataset.theme;
		else
			document.documentElement.dataset.theme = theme;
		setSystem(s => !s); // charts read their colours anew
	}, [theme]);
	const query = matchMedia('(prefers-color-scheme: dark)');
	useEffect(() => {
		const changed = () => setSystem(query.matches);
		query.addEventListener('change', changed);
		return () => query.removeEventListener('change', changed);
	}, []);
	const dark = theme === 'auto' ? query.matches : theme === 'dark';
	return [theme, setTheme, dark ? 'dark' : 'light'];
}

function useRuns(run) {
	const [runs, setRuns] = useState([]);
	useEffect(() => {
		const ask = () => fetch('/api/v1/runs').then(a => a.ok ? a.json() : {}).then(a => a.runs && setRuns(a.runs)).catch(() => {});
		ask();
		const timer = setInterval(ask, 5000);
		return () => clearInterval(timer);
	}, [run]);
	return runs;
}

function Page() {
	const [place, setPlace] = useState(readHash), [filter, setFilter] = useState({call: '', pid: '', text: '', min_size: '', failed: ''});
	const [speed, setSpeed] = useState(''), [status, setStatus] = useState('opening'), [open, setOpen] = useState(null);
	const [, setVersion] = useState(0), state = useRef(fresh());
	const [theme, setTheme, colours] = useTheme();
	const runs = useRuns(state.current.run?.start?.run);
	useEffect(() => writeHash(place), [place]);
	useEffect(() => {
		state.current.events = [];
		return link({...filter, ...place, process: place.process || '', speed}, message => {
			const before = state.current.run?.start?.run;
			apply(state.current, message);
			const now = state.current.run.start?.run;
			if (before && now !== before && place.process) // numbers are a run's own
				setPlace({...place, process: 0});
			setVersion(state.current.version);
		}, setStatus);
	}, [filter, place, speed]);
	const s = state.current, now = s.run?.now ?? 0, process = s.processes.get(place.process);
	const who = process ? `${process.pid} ${process.comm}` : 'all processes';
	const mine = s.mappings?.process === place.process && process;
	return html`<div>
		<${Head} state=${s} status=${status} runs=${runs} chosenRun=${place.run} theme=${theme} onTheme=${setTheme}
			onSpeed=${setSpeed} onRun=${run => setPlace({process: 0, run})} />
		<main>
			${s.series && html`<${MemoryChart} series=${s.series} now=${process?.ended ?? now} who=${who} theme=${colours} />`}
			${s.rates && html`<${RateChart} series=${s.rates} theme=${colours} />`}
			<${Processes} processes=${s.processes} chosen=${place.process} onChoose=${n => setPlace({...place, process: n})} />
			<${Findings} findings=${s.findings} />
			<${Space} bands=${mine ? s.bands : []} process=${process} />
			<${Mappings} mappings=${mine ? s.mappings : null} process=${process} now=${now} onOpen=${setOpen} />
			<${Sites} sites=${s.sites} all=${s.sitesAll} now=${now} onOpen=${setOpen} />
			<${Tail} events=${s.events} passed=${s.passed} filter=${filter} calls=${Object.keys(s.run?.by_call ?? {}).sort()}
				run=${s.run?.start?.run} onFilter=${setFilter} />
		</main>
		<${Details} open=${open} run=${s.run?.start?.run ?? ''} onClose=${() => setOpen(null)} />
	</div>`;
}

render(html`<${Page} />`, document.getElementById('page'));
