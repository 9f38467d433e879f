/**
 * A Vite plugin that leaves the source maps of packages out. The tests of a room get all of its modules in one message,
 * which may have 32 MiB, and half of that would be such maps.
 */
export const withoutPackageMaps = () => ({
  name: 'without-package-maps',
  enforce: 'post' as const,
  transform: (code: string, id: string) =>
    id.includes('/node_modules/') ? { code, map: { mappings: '' as const } } : null,
});
