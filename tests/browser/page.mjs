// The live page in a real browser: node page.mjs SCENARIO, with MEMTRACE, PROGS and MODULES (a node_modules) set.
// SHOTS=FOLDER keeps pictures of it. Ends with 0, or tells what was wrong.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import readline from 'node:readline';

const {MEMTRACE, PROGS, MODULES, SHOTS, WRITER_DSN, READER_DSN} = process.env;
const require = createRequire(`${MODULES}/`);
const {chromium} = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const WAIT = 15000; // ms

// A memtrace in the background: its page's address, and a program that maps as it's told.
class Traced {
	constructor(args, command = [`${PROGS}/page_maps`]) {
		this.child = spawn(MEMTRACE, [...args, ...(command.length ? ['--', ...command] : [])], {stdio: ['pipe', 'pipe', 'pipe']});
		this.errors = '';
		this.answers = readline.createInterface({input: this.child.stdout})[Symbol.asyncIterator]();
		this.url = new Promise((done, fail) => {
			this.child.stderr.on('data', data => {
				this.errors += data;
				const found = /live page: (\S+)/.exec(this.errors);
				if (found)
					done(found[1]);
			});
			this.child.on('exit', () => fail(new Error(`memtrace ended: ${this.errors}`)));
		});
		this.url.catch(() => {});
	}
	async say(words) {
		this.child.stdin.write(`${words}\n`);
		assert.equal((await this.answers.next()).value, 'ok', words);
	}
	async end(signal) {
		const gone = this.child.exitCode === null && this.child.signalCode === null ? once(this.child, 'exit') : null;
		if (signal)
			this.child.kill(signal);
		else
			this.child.stdin.end();
		await gone;
	}
}

const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']});
const trouble = [];

async function open(url, options = {}) {
	const context = await browser.newContext({viewport: {width: 1400, height: 1000}, ...options});
	const page = await context.newPage();
	page.setDefaultTimeout(WAIT);
	page.on('console', m => m.type() === 'error' && trouble.push(m.text()));
	page.on('pageerror', e => trouble.push(e.message));
	page.on('dialog', d => { trouble.push(`a dialog: ${d.message()}`); d.dismiss(); });
	await page.goto(url);
	await page.waitForSelector('#processes tbody tr');
	return page;
}

// Until it's true of the page.
async function until(page, test, arg) {
	for (const end = Date.now() + WAIT; !await page.evaluate(test, arg);) {
		assert.ok(Date.now() < end, `waited for ${test}; there is ${await page.evaluate(() => document.body.innerText.slice(0, 2000))}`);
		await new Promise(done => setTimeout(done, 50));
	}
}
const legend = (page, name) => page.locator('#memory .legend-item', {hasText: name}).locator('b');
const rowsOf = (page, id) => page.locator(`#${id} tbody tr`);

async function accessible(page, what) {
	await page.evaluate(axe);
	const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
	assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html).join(' ')}`), [], what);
}

async function shoot(page, name) {
	if (SHOTS)
		await page.screenshot({path: `${SHOTS}/${name}.png`});
}

// Until the parts are drawn in the theme's colours.
async function paint(page, theme) {
	await page.selectOption('.about select', theme);
	await until(page, wanted => {
		const root = document.documentElement, probe = document.createElement('i');
		probe.style.background = getComputedStyle(root).getPropertyValue('--c-committed');
		return root.dataset.theme === wanted && document.querySelector('#memory .swatch').style.background === probe.style.background;
	}, theme);
}

async function choose(page, name) {
	await page.locator('#processes tbody tr', {hasText: name}).locator('button').first().click();
	await page.waitForSelector('.band');
}

// ---- scenarios ----

async function live() {
	const traced = new Traced(['--serve'], ['sh', '-c', '/bin/true; /bin/true; /bin/true; exec "$0"', `${PROGS}/page_maps`]);
	const page = await open(await traced.url);
	assert.ok(!page.url().includes('token'), page.url());
	assert.equal(await page.evaluate(() => document.cookie), '');
	await until(page, () => document.querySelectorAll('#processes tbody tr').length === 4);

	// Charts move.
	await legend(page, 'committed').waitFor();
	await traced.say('map 1073741824');
	await until(page, () => document.querySelector('#memory .legend-item b')?.textContent === '1.0G');
	await page.waitForSelector('#rates .legend-item:has-text("munmap")');

	// The table sorts and filters.
	const pids = async () => (await rowsOf(page, 'processes').locator('td:first-child').allTextContents()).map(Number);
	await page.click('#processes th button:has-text("Pid")');
	const down = await pids();
	assert.deepEqual(down, [...down].sort((a, b) => b - a));
	await page.click('#processes th button:has-text("Pid")');
	assert.deepEqual(await pids(), [...down].reverse());
	assert.equal(await page.locator('#processes th').first().getAttribute('aria-sort'), 'ascending');
	await page.fill('#processes input', 'true');
	await until(page, () => document.querySelectorAll('#processes tbody tr').length === 3);
	await page.fill('#processes input', '');

	// One process: its space, what is new in it, and the history of a mapping.
	await choose(page, 'page_maps');
	assert.match(page.url(), /#process=\d+/);
	await page.waitForSelector('#mappings button:has-text("0x")');
	await traced.say('map 8388608');
	await page.waitForSelector('.band.fresh');
	await page.locator('#mappings tbody tr', {hasText: '1.0G'}).locator('button').click();
	await page.waitForSelector('dialog .history li:has-text("mapped by mmap")');
	await page.keyboard.press('Escape');
	await page.waitForSelector('dialog:not([open])', {state: 'attached'});
	await page.locator('#sites tbody button').first().click();
	await page.waitForSelector('dialog[open]');
	await page.click('dialog button:has-text("Close")');
	await page.waitForSelector('dialog:not([open])', {state: 'attached'}); // the focus goes back to where it came from

	// By the keyboard alone.
	await page.focus('.bands');
	await page.keyboard.press('Home');
	const told = await page.textContent('.told');
	await page.keyboard.press('ArrowRight');
	await until(page, before => document.querySelector('.told').textContent !== before, told);
	await page.focus('#processes tbody .link');
	await page.keyboard.press('Enter');
	await until(page, () => document.activeElement.closest('#processes') !== null);
	await choose(page, 'page_maps');

	// Events: a filter, a pause, an export.
	await page.selectOption('#events select', 'munmap');
	await until(page, () => [...document.querySelectorAll('#events tbody code')].every(c => c.textContent.startsWith('munmap(')) &&
		document.querySelectorAll('#events tbody code').length > 0);
	await traced.say('fail');
	await page.check('#events input[type=checkbox]');
	await until(page, () => document.querySelectorAll('#events tbody tr.failed').length === 1);
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#events a')]);
	const lines = fs.readFileSync(await download.path(), 'utf8').trim().split('\n').map(l => JSON.parse(l));
	assert.deepEqual(lines.map(l => l.call ?? l.type), ['start', 'munmap']);
	await page.uncheck('#events input[type=checkbox]');
	await page.selectOption('#events select', '');
	await page.click('#events button:has-text("Pause")');
	const before = await rowsOf(page, 'events').count();
	await traced.say('map 12288');
	await until(page, () => [...document.querySelectorAll('#mappings tbody tr')].some(r => r.textContent.includes('mmap 12288')));
	assert.equal(await rowsOf(page, 'events').count(), before);
	await page.click('#events button:has-text("Go on")');
	await page.waitForSelector('#events code:has-text("12288")');

	// Names are text.
	await traced.say('name <img src=x>');
	await traced.say(`file ${process.cwd()}/<img src=x onerror=alert(1)>`);
	await page.waitForSelector('#processes td:has-text("<img src=x>")');
	await page.waitForSelector('#events code:has-text("onerror=alert")');
	assert.equal(await page.locator('img').count(), 0);

	// On any screen, in any light, for anybody.
	await accessible(page, 'light');
	await paint(page, 'dark');
	await accessible(page, 'dark');
	for (const width of [360, 3840]) {
		await page.setViewportSize({width, height: width > 1000 ? 2160 : 740});
		await until(page, () => document.documentElement.scrollWidth <= innerWidth);
		await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
		assert.ok(await page.locator('.head dt:has-text("Lost")').evaluate(e => e.getBoundingClientRect().bottom > 0), 'lost is out of sight');
		await accessible(page, `${width} wide`);
	}

	// The end.
	await traced.end();
	await page.waitForSelector('.status:has-text("the run has ended")');
	await page.waitForSelector('.head dd:has-text("complete")');
	assert.deepEqual(trouble.filter(t => !t.includes('ERR_CONNECTION_REFUSED') && !t.includes('ERR_INCOMPLETE')), []);
}

// For the README: something to look at. It goes on as the page has shown what was.
async function pictures() {
	const program = `import mmap, random, subprocess, sys
kept = []
for i, line in enumerate(sys.stdin):
    kept.append(mmap.mmap(-1, 4096 * random.randrange(10, 900), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    kept[-1].write(b"x" * min(65536, len(kept[-1])))
    if i % 5 == 4: kept.pop(random.randrange(len(kept))).close()
    if i % 10 == 0: subprocess.run(["gcc", "--version"], stdout=subprocess.DEVNULL)
    print("ok", flush=True)`;
	fs.writeFileSync('grow.py', program);
	const traced = new Traced(['-k', '--serve'], ['/usr/bin/python3', 'grow.py']);
	const page = await open(await traced.url, {viewport: {width: 1400, height: 1180}});
	await choose(page, 'python3');
	const ranges = () => page.evaluate(() => document.querySelector('#mappings .note').textContent + document.querySelector('#events tbody').textContent);
	for (let i = 0; i < 30; i++) {
		const before = await ranges();
		await traced.say('grow');
		await until(page, old => document.querySelector('#mappings .note').textContent +
			document.querySelector('#events tbody').textContent !== old, before);
	}
	for (const theme of ['light', 'dark']) {
		await paint(page, theme);
		await shoot(page, `page-${theme}`);
	}
	await traced.end();
}

async function reconnect() {
	fs.writeFileSync('token', 'a-token-for-both-lives\n');
	let traced = new Traced(['--serve', '--serve-token-file=token']);
	const url = (await traced.url).replace('TOKEN', 'a-token-for-both-lives');
	const page = await open(url);
	await page.waitForSelector('.status.open');
	await traced.end('SIGKILL');
	await page.waitForSelector('.status.waiting');
	traced = new Traced([`--serve=:${new URL(url).port}`, '--serve-token-file=token'], ['sh', '-c', 'exec "$0" again', `${PROGS}/page_maps`]);
	await page.waitForSelector('.status.open');
	await page.waitForSelector('.command:has-text("again")');
	await traced.say('map 1073741824');
	await until(page, () => document.querySelector('#memory .legend-item b')?.textContent === '1.0G');
	await traced.end();
}

async function replay() {
	const served = new Traced(['serve', 'trace.jsonl'], []);
	const page = await open(await served.url);
	await page.waitForSelector('.about select');
	assert.equal(await page.locator('.status:has-text("has ended")').count(), 0);
	await page.selectOption('label:has-text("Speed") select', 'max');
	await page.waitForSelector('.status:has-text("has ended")');
	await page.waitForSelector('#processes td:has-text("exit 0")');
	await accessible(page, 'a replay');
	await served.end('SIGTERM');
	assert.deepEqual(trouble, []);
}

async function mysql() {
	const writer = new Traced([`--mysql=${WRITER_DSN}`, '-o', 'trace.jsonl']);
	await writer.say('map 1073741824');
	const served = new Traced(['serve', `--mysql=${READER_DSN}`], []);
	const page = await open(await served.url);
	await until(page, () => document.querySelector('#memory .legend-item b')?.textContent === '1.0G');
	await choose(page, 'page_maps');
	await writer.say('map 2147483648');
	await until(page, () => document.querySelector('#memory .legend-item b')?.textContent === '3.0G');
	await writer.end();
	await page.waitForSelector('.status:has-text("has ended")');
	await served.end('SIGTERM');
	assert.deepEqual(trouble, []);
}

try {
	await {live, pictures, reconnect, replay, mysql}[process.argv[2]]();
} catch (e) {
	console.log(e.stack, trouble);
	process.exitCode = 1;
} finally {
	await browser.close();
	process.exit();
}
