/** What `import … from 'mocha'` gives to guest code: its globals by name. */
import { testApi } from './test-api.ts';

const api = testApi('auto');

export const { describe, it, beforeEach, afterEach, xdescribe, xit, suite, test } = api;
export const { beforeAll: before, afterAll: after } = api;
export const context = describe;
export const specify = it;
export default { describe, it, before, after, beforeEach, afterEach, context, specify, xdescribe, xit, suite, test };
