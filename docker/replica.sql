-- Runs once, when the data folder of the replica is made, on a server without a network. Replication begins by
-- itself when the server starts for good.
RESET BINARY LOGS AND GTIDS;
CHANGE REPLICATION SOURCE TO
  SOURCE_HOST='primary', SOURCE_PORT=3306, SOURCE_USER='replica', SOURCE_PASSWORD='rehearsal',
  SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1, SOURCE_CONNECT_RETRY=2, SOURCE_RETRY_COUNT=86400;
SET PERSIST_ONLY super_read_only=ON;
