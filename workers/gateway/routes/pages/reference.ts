import type { AppContext } from '../../app-environment.ts';

/** Swagger UI sets style attributes and loads images from data addresses; scripts come from our own files only. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AIDevOS API reference</title>
<link rel="stylesheet" href="/assets/swagger-ui.css">
</head>
<body>
<div id="reference"><noscript>This page needs JavaScript. The same is in <a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="/assets/swagger-ui-bundle.js"></script>
<script src="/assets/reference.js"></script>
</body>
</html>
`;

/** The interactive API reference. Its files are our own, so it works without any other network. */
export const referencePage = (context: AppContext): Response =>
  context.html(page, 200, { 'content-security-policy': policy });
