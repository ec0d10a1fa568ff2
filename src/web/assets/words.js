// Figures in words.

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'];

export function size(bytes) {
	if (bytes === undefined || bytes === null)
		return '';
	let unit = 0, value = Math.abs(bytes);
	while (value >= 1024 && unit < UNITS.length - 1) {
		value /= 1024;
		unit++;
	}
	const digits = unit === 0 || value >= 100 ? 0 : 1;
	return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)}${UNITS[unit]}`;
}

export function count(n) {
	return n === undefined || n === null ? '' : n.toLocaleString('en');
}

export function seconds(s) {
	if (s === undefined || s === null)
		return '';
	if (s < 60)
		return `${s.toFixed(3)} s`;
	const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
	return `${h ? `${h} h ` : ''}${m} min ${Math.floor(s % 60)} s`;
}

export function ended(process) {
	if (process.ended === undefined)
		return 'runs';
	if (process.signal)
		return process.signal;
	return process.code === undefined ? 'ended' : `exit ${process.code}`;
}

function list(value) {
	return Array.isArray(value) ? value.join('|') : String(value);
}

// What a call's arguments are, in the order of its man page.
const ARGUMENTS = ['option', 'shmid', 'addr', 'length', 'new_length', 'prot', 'flags', 'new_addr', 'advice', 'fd', 'offset',
	'name', 'nr_events'];

export function event(e) {
	switch (e.type) {
	case 'call': {
		const shown = ARGUMENTS.filter(a => e[a] !== undefined).map(a => list(e[a]));
		const result = e.error ? `-1 ${e.error}` : e.ret === null ? '?' : e.ret;
		return `${e.call}(${shown.join(', ')}) = ${result}${e.path ? `  ${e.path}` : ''}`;
	}
	case 'exec': return `exec ${e.exe ?? ''}${e.argv ? `  ${e.argv.join(' ')}` : ''}`;
	case 'fork': return `${e.thread ? 'thread' : 'fork'} ${e.child}`;
	case 'exit': return `exit ${e.signal ?? e.code ?? ''}`;
	case 'attach': return `attach ${e.exe ?? ''}`;
	case 'detach': return 'detach';
	case 'lost': return `lost ${e.count ?? ''} events`;
	case 'finding': return `${e.severity}: ${e.rule}: ${e.message}`;
	case 'end': return `end: ${e.coverage}${e.reasons?.length ? ` (${e.reasons.join(', ')})` : ''}`;
	default: return e.type;
	}
}
