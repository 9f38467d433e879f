/** An app behind a sandbox's door, with pages that scripts change, and one for each kind of misbehaviour. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedApp {
  /** Of the sandbox; the app is `app` in the slot `preview`. */
  readonly sandboxUrl: string;
  /** Method, path and the headers of interest, one line for each request. */
  readonly seen: readonly string[];
  readonly close: () => void;
}

const page = (body: string): string => `<!doctype html><title>Notes</title><body>${body}`;

const form = `<form method=post action=/notes><label for=t>Title</label><input id=t name=title required>
<label>Colour <select name=colour><option value=r>Red<option value=b selected>Blue</select></label>
<label><input type=checkbox name=pinned value=yes> Pinned</label><button>Save</button></form>`;

/** `other` is an address outside of the app. */
const pages = (other: string): Readonly<Record<string, string>> => ({
  '/': page(
    `<h1>Notes</h1><p id=late></p><a href=/new>New <b>note</b></a> <a href="${other}/elsewhere">Elsewhere</a> <a href=/new target=_blank>Window</a> <button onclick="document.body.append('pressed')">Press</button><script>setTimeout(() => { document.getElementById('late').textContent = 'made by a script' }, 300); console.error('a complaint')</script>`,
  ),
  '/new': page(form),
  '/loop': page('<button onclick="for(;;);">Turn</button>'),
  '/alerts': page('<script>setTimeout(() => { alert("one"); document.body.append("past the alert") }, 50)</script>'),
  '/memory': page('<script>const kept = []; for (;;) kept.push(new Array(1e6).fill(kept.length))</script>'),
  '/windows': page('<script>for (let i = 0; i < 20; i += 1) window.open("/new")</script>still here'),
  '/out': page(
    `<script>
      const done = (name) => document.body.append(name + ' ');
      Promise.allSettled([fetch('${other}/fetched', { mode: 'no-cors' }), fetch('/to-other', { mode: 'no-cors' })]).then(() => done('fetched'));
      new Image().src = '${other}/image';
      new WebSocket('${other.replace('http', 'ws')}/socket').onerror = () => done('socket');
      fetch('https://other.invalid/tls').catch(() => done('tls'));
      const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${new URL(other).port}' }] });
      peer.createDataChannel('c'); peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    </script><iframe src="${other}/frame"></iframe><iframe src="file:///etc/passwd"></iframe>`,
  ),
  '/lies': page(
    '<script>Object.defineProperty(HTMLElement.prototype, "innerText", { get: () => "a lie" }); document.querySelectorAll = () => []</script><p>the truth</p>',
  ),
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** @param other an origin outside of the app, which must never be asked for anything */
export const startScriptedApp = async (other: string): Promise<ScriptedApp> => {
  const seen: string[] = [];
  const notes: string[] = [];
  const served = pages(other);
  const server: Server = createServer((request, response) => {
    void (async () => {
      const path = (request.url ?? '').replace(/^\/apps\/app\/preview/, '');
      const { cookie = '', 'x-forwarded-host': host = '', 'x-aidevos-prefix': forged = '' } = request.headers;
      const body = await bodyOf(request);
      seen.push(
        `${request.method ?? ''} ${request.url ?? ''} ${body} cookie=${cookie} host=${String(host)} forged=${String(forged)}`,
      );
      if (path === '/notes' && request.method === 'POST') {
        const sent = new URLSearchParams(body);
        notes.push(`${sent.get('title') ?? ''} (${sent.get('colour') ?? ''}${sent.has('pinned') ? ', pinned' : ''})`);
        response.writeHead(303, { location: '/notes', 'set-cookie': 'name=Ann; HttpOnly; Secure' }).end();
      } else if (path === '/to-other') response.writeHead(302, { location: `${other}/redirected` }).end();
      else if (path === '/file') {
        response.writeHead(200, { 'content-disposition': 'attachment; filename=a.bin' }).end('bytes');
      } else if (path === '/notes') {
        response.writeHead(200, { 'content-type': 'text/html' }).end(page(notes.map((note) => `<li>${note}`).join('')));
      } else if (path === '/big') response.writeHead(200, { 'content-type': 'text/html' }).end('x'.repeat(20_000_000));
      else {
        const text = served[path];
        response
          .writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/html' })
          .end(text ?? page('Nothing here'));
      }
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // SAFETY: a server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    sandboxUrl: `http://127.0.0.1:${String(port)}`,
    seen,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
