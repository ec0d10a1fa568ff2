// Tables: of processes, mappings, sites.
import {useState} from './hooks.js';
import {Panel, className, html} from './view.js';
import {count, ended, seconds, size} from './words.js';

const ROWS = 50;

// Columns: {key, title, value: row => what it is sorted by, show: row => what is seen, number}. `first` is the column that
// it is sorted by at first, the greatest on top; null leaves the order as it comes.
export function Table({label, columns, rows, first, keyOf, isChosen, empty}) {
	const [by, setBy] = useState(first), [up, setUp] = useState(false), [most, setMost] = useState(ROWS);
	const column = columns.find(c => c.key === by);
	const sorted = column ? [...rows].sort((a, b) => {
		const x = column.value(a) ?? -1, y = column.value(b) ?? -1;
		return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
	}) : rows;
	const choose = key => {
		setUp(by === key ? !up : columns.find(c => c.key === key).number ? false : true);
		setBy(key);
	};
	const state = key => by !== key ? 'none' : up ? 'ascending' : 'descending';
	return html`<div class="scroll" tabindex="0" role="region" aria-label=${`${label}, the table`}>
		<table>
			<thead><tr>${columns.map(c => html`<th key=${c.key} scope="col" class=${c.number ? 'number' : ''} aria-sort=${state(c.key)}>
				<button type="button" onClick=${() => choose(c.key)}>${c.title}<span aria-hidden="true">${
					by === c.key ? up ? ' ▲' : ' ▼' : ''}</span></button></th>`)}</tr></thead>
			<tbody>
				${sorted.slice(0, most).map(row => html`<tr key=${keyOf(row)} class=${className(isChosen?.(row) && 'chosen')}>
					${columns.map(c => html`<td key=${c.key} class=${className(c.number && 'number', c.wide && 'wide')}>${c.show(row)}</td>`)}</tr>`)}
				${rows.length === 0 && html`<tr><td colspan=${columns.length} class="empty">${empty}</td></tr>`}
			</tbody>
		</table>
		${sorted.length > most && html`<button type="button" class="more" onClick=${() => setMost(most * 2)}>
			${count(sorted.length - most)} more</button>`}
	</div>`;
}

const bytes = (key, title, of = row => row[key]) => ({key, title, number: true, value: of, show: row => size(of(row))});
const number = (key, title) => ({key, title, number: true, value: row => row[key], show: row => count(row[key])});

export function Processes({processes, chosen, onChoose}) {
	const [filter, setFilter] = useState('');
	const wanted = filter.toLowerCase();
	const rows = [...processes.values()].filter(p => !wanted ||
		`${p.pid} ${p.comm} ${p.exe ?? ''} ${ended(p)}`.toLowerCase().includes(wanted));
	const columns = [
		{key: 'pid', title: 'Pid', number: true, value: p => p.pid, show: p => html`<button type="button" class="link"
			aria-pressed=${p.process === chosen} onClick=${() => onChoose(p.process === chosen ? 0 : p.process)}>${p.pid}</button>`},
		{key: 'comm', title: 'Name', value: p => p.comm, show: p => html`<span class="name" title=${p.exe}>${p.comm}</span>`},
		bytes('committed', 'Committed'), bytes('peak', 'Peak', p => p.peak?.committed), bytes('mapped', 'Mapped'),
		bytes('resident', 'Resident', p => p.resident ?? p.max_rss), number('vmas', 'Ranges'), number('calls', 'Calls'),
		number('failed', 'Failed'),
		{key: 'ended', title: 'State', value: ended, show: ended},
	];
	return html`<${Panel} id="processes" title="Processes" aside=${html`<label class="filter">Filter
		<input type="search" value=${filter} onInput=${e => setFilter(e.target.value)} /></label>`}>
		<${Table} label="Processes" columns=${columns} rows=${rows} first="committed" keyOf=${p => p.process}
			isChosen=${p => p.process === chosen} empty="None." />
	</${Panel}>`;
}

export function Mappings({mappings, process, now, onOpen}) {
	const columns = [
		{key: 'start', title: 'Address', value: r => BigInt(r.start), show: r => html`<button type="button" class="link"
			onClick=${() => onOpen({kind: 'mapping', process: mappings.process, range: r})}>${r.start}</button>`},
		bytes('length', 'Size'),
		{key: 'perms', title: 'Access', value: r => r.perms, show: r => html`<code>${r.perms}</code>`},
		{key: 'class', title: 'Class', value: r => r.class, show: r => html`<span class=${`mark c-${r.class}`}></span>${r.class}`},
		{key: 'name', title: 'What', wide: true, value: r => r.name ?? '', show: r => r.name ?? 'anonymous'},
		{key: 'made', title: 'Made by', wide: true, value: r => r.made?.site ?? r.made?.call ?? '',
			show: r => r.made ? r.made.site ?? r.made.call : ''},
		{key: 'age', title: 'Age', number: true, value: r => r.made ? now - r.made.elapsed : 0,
			show: r => r.made ? seconds(Math.max(0, now - r.made.elapsed)) : ''},
	];
	const all = mappings?.ranges_all ?? 0, shown = mappings?.ranges.length ?? 0;
	return html`<${Panel} id="mappings" title=${process ? `Largest mappings of ${process.pid} ${process.comm}` : 'Largest mappings'}
		aside=${html`<span class="note">${all > shown ? `${shown} of ${count(all)}` : ''}</span>`}>
		<${Table} label="Largest mappings" columns=${columns} rows=${mappings?.ranges ?? []} first="length" keyOf=${r => r.start}
			empty=${process ? 'It has none now.' : 'Choose a process by its pid.'} />
	</${Panel}>`;
}

export function Sites({sites, all, now, onOpen}) {
	const columns = [
		{key: 'site', title: 'Site', wide: true, value: s => s.site, show: s => html`<button type="button" class="link"
			onClick=${() => onOpen({kind: 'site', site: s})}>${s.site}</button>`},
		{key: 'comm', title: 'Name', value: s => s.comm ?? '', show: s => s.comm ?? ''},
		bytes('live', 'There now'), bytes('peak', 'Peak'), bytes('mapped', 'In all'), number('calls', 'Calls'),
		number('failed', 'Failed'),
		{key: 'last', title: 'Last', number: true, value: s => s.last, show: s => `${seconds(Math.max(0, now - s.last))} ago`},
	];
	return html`<${Panel} id="sites" title="Where calls come from"
		aside=${html`<span class="note">${all > sites.length ? `${sites.length} of ${count(all)}` : ''}</span>`}>
		<${Table} label="Where calls come from" columns=${columns} rows=${sites} first="live" keyOf=${s => `${s.comm} ${s.site} ${s.first}`}
			empty="No calls yet." />
	</${Panel}>`;
}
