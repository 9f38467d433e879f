/**
 * What `import … from 'cloudflare:workers'` gives to guest code: the classes to extend. Left out is what acts on the
 * isolate itself, such as `abortIsolate`.
 */
export { DurableObject, RpcTarget, WorkerEntrypoint, env } from 'cloudflare:workers';
