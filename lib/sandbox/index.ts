export { type AnyServerOptions, startAnyServer } from './start-any-server.js';
export { startServer } from './start-server.js';
export { type SandboxOptions, type SandboxServer, type ServerKind, serverKinds } from './types.js';
export { ServerUnavailable } from './unavailable.js';
export { withServer } from './with-server.js';
