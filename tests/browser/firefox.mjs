// Drives Firefox over WebDriver BiDi: node firefox.mjs FIREFOX PROFILE < [{"url": …} | {"script": …} | {"keys": …}, …] > the scripts' results.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const [, , firefox, profile] = process.argv;
const steps = JSON.parse(await text(process.stdin));
const browser = spawn(firefox, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
try {
  const address = await new Promise((found, failed) => {
    let said = '';
    browser.stderr.on('data', (part) => {
      said += part;
      const line = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (line) found(line[1]);
    });
    browser.on('exit', () => failed(Error(said)));
  });
  const socket = new WebSocket(address + '/session');
  await new Promise((opened) => (socket.onopen = opened));
  const waiting = new Map();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    waiting.get(message.id)?.(message);
  };
  const send = async (method, params) => {
    const id = waiting.size + 1;
    const reply = new Promise((done) => waiting.set(id, done));
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error, message } = await reply;
    if (error) throw Error(`${method}: ${error} ${message}`);
    return result;
  };
  await send('session.new', { capabilities: {} });
  const { context } = await send('browsingContext.create', { type: 'tab' }); // the first tab of a window without a screen has no focus
  const results = [];
  for (const { url, script, keys } of steps) {
    if (url) await send('browsingContext.navigate', { context, url, wait: 'complete' });
    if (keys) {
      const actions = keys.flatMap((value) => ['keyDown', 'keyUp'].map((type) => ({ type, value })));
      await send('input.performActions', { context, actions: [{ type: 'key', id: 'keyboard', actions }] });
    }
    if (script) {
      const { result, exceptionDetails } = await send('script.evaluate', { expression: script, target: { context }, awaitPromise: true });
      if (exceptionDetails) throw Error(exceptionDetails.text);
      results.push(result.value);
    }
  }
  process.stdout.write(JSON.stringify(results));
} finally {
  browser.kill();
}
