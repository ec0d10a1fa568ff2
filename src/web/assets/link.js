// The stream from the server: opened as asked, and again when it breaks.

const AGAIN_AFTER = 2000; // ms

// Calls `onMessage` with each message and `onStatus` with 'open', 'waiting' or 'refused'. Returns what closes it.
export function link(params, onMessage, onStatus) {
	let source = null, timer = null, closed = false;
	const query = new URLSearchParams(Object.entries(params).filter(([, v]) => v !== '' && v !== undefined && v !== null));

	const refused = async () => {
		try {
			const answer = await fetch('/api/v1/runs');
			return answer.status === 401 || answer.status === 403;
		} catch {
			return false;
		}
	};
	const again = async () => {
		const no = await refused();
		if (closed)
			return;
		onStatus(no ? 'refused' : 'waiting');
		timer = setTimeout(open, AGAIN_AFTER);
	};
	function open() {
		source = new EventSource(`/api/v1/stream?${query}`);
		source.onopen = () => onStatus('open');
		source.onmessage = e => onMessage(JSON.parse(e.data));
		source.onerror = () => {
			onStatus('waiting');
			if (source.readyState === EventSource.CLOSED)
				again();
		};
	}
	open();
	return () => {
		closed = true;
		clearTimeout(timer);
		source.close();
	};
}
