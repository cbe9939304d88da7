export { type AnyServerOptions, startAnyServer } from './start-any-server.js';
export { startReplica } from './start-replica.js';
export { startServer } from './start-server.js';
export { type SandboxOptions, type SandboxServer, type ServerKind, serverKinds } from './types.js';
export { ServerUnavailable } from './unavailable.js';
export { type Replicated, withReplicas } from './with-replicas.js';
export { withServer } from './with-server.js';
