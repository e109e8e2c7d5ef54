// Drives Firefox (Marionette over TCP) and WebKitGTK (WebDriver over HTTP), both without a package of their own.
// Commands and their parameters are those of the WebDriver standard, by Marionette's names for them.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const START_MS = 30_000;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The first of these programs that is there, looked for on PATH unless absolute; undefined if none is. */
function findProgram(names) {
  const on_path = (name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return names.flatMap((name) => (name.startsWith('/') ? [name] : on_path(name))).find((file) => existsSync(file));
}

/** A TCP port that nobody listens on. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Tries until it succeeds; after START_MS the last error is thrown. */
async function patiently(attempt) {
  const end = Date.now() + START_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(100);
    }
  }
}

/** Starts a program in a process group of its own; the answer ends all of it. */
function start(program, args) {
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined); // noticed when nobody answers at the port
  return () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  };
}

/** One connection to Marionette: messages are `length:json`, [0, id, command, parameters] and [1, id, error, result]. */
async function connectMarionette(port) {
  const socket = await patiently(
    () =>
      new Promise((resolve, reject) => {
        const made = connect(port, '127.0.0.1', () => resolve(made)).once('error', reject);
      }),
  );
  const waiting = new Map();
  let bytes = Buffer.alloc(0);
  let last_id = 0;
  socket.on('data', (part) => {
    bytes = Buffer.concat([bytes, part]);
    for (let colon = bytes.indexOf(58); colon > 0; colon = bytes.indexOf(58)) {
      const end = colon + 1 + Number(bytes.subarray(0, colon));
      if (bytes.length < end) return;
      const message = JSON.parse(bytes.subarray(colon + 1, end).toString());
      bytes = bytes.subarray(end);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, result] = message;
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (error) reject(new Error(`${error.error}: ${error.message}`));
      else resolve(result && 'value' in result ? result.value : result);
    }
  });
  const fail = () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox ended its connection.'));
  };
  socket.on('error', fail).on('close', fail);
  return (name, params = {}) =>
    new Promise((resolve, reject) => {
      last_id += 1;
      waiting.set(last_id, { resolve, reject });
      const text = JSON.stringify([0, last_id, `WebDriver:${name}`, params]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
}

/** Opens Firefox, headless, with a profile of its own. */
async function openFirefox(program) {
  const port = await freePort();
  const profile = mkdtempSync(join(tmpdir(), 'rollout-lab-firefox-'));
  writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`);
  const stop = start(program, ['--headless', '--marionette', '--no-remote', '--profile', profile]);
  const close = () => {
    stop();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const command = await connectMarionette(port);
    const { capabilities } = await command('NewSession', {});
    return { command, version: `Firefox ${capabilities.browserVersion}`, close };
  } catch (error) {
    close();
    throw error;
  }
}

const WEBDRIVER = {
  Navigate: ['POST', 'url'],
  Refresh: ['POST', 'refresh'],
  ExecuteScript: ['POST', 'execute/sync'],
  PerformActions: ['POST', 'actions'],
  SetWindowRect: ['POST', 'window/rect'],
  TakeScreenshot: ['GET', 'screenshot'],
};

/** Opens WebKitGTK's MiniBrowser, in a virtual display where there is no other. */
async function openWebkit(program, mini_browser) {
  const port = await freePort();
  const args = [`--port=${port}`];
  const stop = process.env.DISPLAY
    ? start(program, args)
    : start('xvfb-run', ['-a', '-s', '-screen 0 1600x1200x24', program, ...args]);
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    await patiently(() => ask('GET', '/status'));
    const { sessionId, capabilities } = await ask('POST', '/session', {
      capabilities: {
        alwaysMatch: { 'webkitgtk:browserOptions': { binary: mini_browser, args: ['--automation'] } },
      },
    });
    const command = (name, params) => {
      const [method, path] = WEBDRIVER[name];
      return ask(method, `/session/${sessionId}/${path}`, params);
    };
    const close = async () => {
      await ask('DELETE', `/session/${sessionId}`).catch(() => undefined);
      stop();
    };
    return { command, version: `WebKitGTK ${capabilities.browserVersion}`, close };
  } catch (error) {
    stop();
    throw error;
  }
}

const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec', '/usr/lib'];

const missing = (sentence) => Object.assign(new Error(sentence), { is_missing: true });

/** Opens a browser, 'firefox' or 'webkit'; throws an error with `is_missing` where it is not installed. */
export async function openBrowser(name) {
  if (name === 'firefox') {
    const program = findProgram(['firefox', 'firefox-esr', '/Applications/Firefox.app/Contents/MacOS/firefox']);
    if (!program) throw missing('No Firefox was found on PATH: install firefox or, on Debian, firefox-esr.');
    return openFirefox(program);
  }
  const program = findProgram(['WebKitWebDriver']);
  const folders = LIBRARIES.flatMap((folder) => ['webkit2gtk-4.1', 'webkitgtk-6.0'].map((api) => join(folder, api)));
  const mini_browser = findProgram(folders.map((folder) => join(folder, 'MiniBrowser')));
  if (!program || !mini_browser)
    throw missing('No WebKitGTK was found: on Debian, install webkit2gtk-driver, libwebkit2gtk-4.1-0 and xvfb.');
  return openWebkit(program, mini_browser);
}
