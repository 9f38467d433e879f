/**
 * A service that an outsider writes: it converts temperatures, registers itself with AIDevOS, says every few seconds that
 * it is there, and deregisters when it ends. Plain Node, no packages.
 *
 *   AIDEVOS_URL=http://127.0.0.1:8787 AIDEVOS_KEY=… node examples/service/service.mjs
 *
 * The platform must allow its origin: AIDEVOS_SERVICE_ORIGINS=http://127.0.0.1:4100 npm start
 */
import { createServer } from 'node:http';

const { AIDEVOS_URL = 'http://127.0.0.1:8787', AIDEVOS_KEY = '', PORT = '4100' } = process.env;
const instance = `node-${PORT}`;
const leaseSeconds = 15;

const server = createServer((request, response) => {
  const celsius = Number(new URL(request.url ?? '/', 'http://service').searchParams.get('celsius'));
  const isNumber = Number.isFinite(celsius);
  response.writeHead(isNumber ? 200 : 400, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isNumber ? { fahrenheit: celsius * 1.8 + 32 } : { error: 'celsius must be a number' }));
});

const call = async (method, path, body) => {
  const headers = { authorization: `Bearer ${AIDEVOS_KEY}`, 'content-type': 'application/json' };
  const request = { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${AIDEVOS_URL}${path}`, request);
  if (!answer.ok) throw new Error(`${method} ${path} was refused: ${await answer.text()}`);
  return await answer.json();
};

await new Promise((resolve) => server.listen(Number(PORT), '127.0.0.1', resolve));
const metadata = { version: '1.0.0', title: 'Temperatures', capabilities: ['convert-temperature'] };
const endpoints = [{ kind: 'http', url: `http://127.0.0.1:${PORT}` }];
const { leaseToken } = await call('POST', '/api/services', { name: 'temperatures', instance, metadata, endpoints, leaseSeconds });
console.log(`registered temperatures/${instance}`);

const path = `/api/service-instances/temperatures/${instance}`;
const beat = () => void call('POST', `${path}/heartbeat`, { leaseToken }).catch((error) => console.error(error.message));
setInterval(beat, (leaseSeconds * 1_000) / 3);
process.once('SIGTERM', () => void call('DELETE', path).finally(() => process.exit()));
