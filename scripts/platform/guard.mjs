/**
 * Loaded into each service process before its program (`node --import`): when the supervisor dies in whatever way,
 * the channel to it closes, and the service ends with everything it started. Without it a killed supervisor would
 * leave runtime processes behind that hold ports and databases.
 */
import { spawnSync } from 'node:child_process';

if (process.channel) {
  process.on('disconnect', () => {
    if (process.platform === 'win32') {
      spawnSync('taskkill', ['/pid', String(process.pid), '/T', '/F']);
      return;
    }
    // The supervisor starts each service as the leader of a group of its own.
    process.kill(-process.pid, 'SIGKILL');
  });
  // The channel alone must not keep a finished program alive.
  process.channel.unref();
}
