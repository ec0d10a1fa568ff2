// What the page knows, and how messages change it.

const EVENTS_KEPT = 500;
const FINDINGS_KEPT = 500;

export function fresh() {
	return {
		run: null, processes: new Map(), series: null, rates: null, mappings: null, bands: [], gone: [], sites: [], sitesAll: 0,
		events: [], passed: 0, findings: [], speed: undefined, version: 0,
	};
}

// A column of numbers from `first` on is replaced; before that, what isn't known was nothing.
function splice(column, first, values) {
	const kept = column.slice(0, first);
	while (kept.length < first)
		kept.push(0);
	return kept.concat(values);
}

function splicedColumns(before, first, columns) {
	const all = {};
	for (const [name, values] of Object.entries(columns ?? {}))
		all[name] = splice(before?.[name] ?? [], first, values);
	return all;
}

function takeSeries(before, series) {
	const same = before && before.process === series.process && before.width === series.width;
	const kept = same ? before : {};
	return {
		...series,
		levels: splicedColumns(kept.levels, series.first, series.levels),
	};
}

function takeRates(before, rates) {
	const kept = before && before.width === rates.width ? before : {};
	return {
		...rates,
		calls: splicedColumns(kept.calls, rates.first, rates.calls),
		failed: splice(kept.failed ?? [], rates.first, rates.failed),
	};
}

const keyOf = band => `${band.start}-${band.end}-${band.class}`;

// Bands that came are marked, those that went are kept for once, to be seen going.
function takeMappings(state, mappings) {
	const same = state.mappings && state.mappings.process === mappings.process;
	const before = new Set(same ? state.bands.filter(b => !b.gone).map(keyOf) : []);
	const now = new Set(mappings.bands.map(keyOf));
	const bands = mappings.bands.map(b => ({...b, key: keyOf(b), fresh: same && !before.has(keyOf(b))}));
	const went = same ? state.bands.filter(b => !b.gone && !now.has(b.key)).map(b => ({...b, fresh: false, gone: true})) : [];
	state.mappings = mappings;
	state.bands = bands.concat(went).sort((a, b) => Number(BigInt(a.start) - BigInt(b.start)));
}

// At first there are those that came before: none of them was too fast.
function takeEvents(state, events, first) {
	state.passed += first ? 0 : Math.max(0, events.matched - events.lines.length);
	if (!events.lines.length)
		return;
	state.events = state.events.concat(events.lines).slice(-EVENTS_KEPT);
}

export function apply(state, message) {
	if (message.reset) {
		const kept = state.version;
		Object.assign(state, fresh());
		state.version = kept;
	}
	state.version++;
	state.run = {...message.run, start: message.run.start ?? state.run?.start};
	state.speed = message.speed;
	state.trouble = message.trouble;
	for (const process of message.processes)
		state.processes.set(process.process, process);
	for (const number of message.gone)
		state.processes.delete(number);
	if (message.series)
		state.series = takeSeries(state.series, message.series);
	if (message.rates)
		state.rates = takeRates(state.rates, message.rates);
	if (message.mappings)
		takeMappings(state, message.mappings);
	if (message.sites) {
		state.sites = message.sites;
		state.sitesAll = message.sites_all;
	}
	takeEvents(state, message.events, message.reset);
	if (message.findings.length)
		state.findings = state.findings.concat(message.findings).slice(-FINDINGS_KEPT);
	return state;
}
