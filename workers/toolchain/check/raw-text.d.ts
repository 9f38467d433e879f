/** A file imported with `?raw` is its text (a rule in `wrangler.toml`; Vite knows it by itself). */
declare module '*?raw' {
  const text: string;
  export default text;
}
