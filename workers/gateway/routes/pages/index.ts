import { Hono } from 'hono';
import type { AppEnvironment } from '../../app-environment.ts';
import { assetFile } from './assets.ts';
import { homePage } from './home.ts';
import { referencePage } from './reference.ts';

export const pageRoutes = () =>
  new Hono<AppEnvironment>().get('/', homePage).get('/docs', referencePage).get('/assets/:name', assetFile);
