import type { Variables } from './variables.js';

/** The binlog settings that gh-ost, and the truth of its copy, depend on. */
export interface BinlogFacts {
  enabled: boolean;
  /** `ROW`, `STATEMENT`, `MIXED` */
  format?: string;
  /** `FULL`, `MINIMAL`, `NOBLOB` */
  rowImage?: string;
  /** Updates of JSON written as differences: gh-ost cannot read them. */
  partialJson: boolean;
  /** Transactions written compressed: gh-ost waits for ever. */
  compressed: boolean;
  /** gtid_mode=ON (MySQL). */
  gtid: boolean;
  /** A replica writes to its own binlog what it applies. */
  logReplicaUpdates: boolean;
}

export function readBinlog(variables: Variables): BinlogFacts {
  const format = variables.text('binlog_format') ?? (variables.on('log_bin') ? 'ROW' : undefined);
  const rowImage = variables.text('binlog_row_image');
  return {
    enabled: variables.on('log_bin'),
    ...(format !== undefined && { format: format.toUpperCase() }),
    ...(rowImage !== undefined && { rowImage: rowImage.toUpperCase() }),
    partialJson: (variables.text('binlog_row_value_options') ?? '').toUpperCase().includes('PARTIAL_JSON'),
    compressed: variables.on('binlog_transaction_compression') || variables.on('log_bin_compress'),
    gtid: variables.text('gtid_mode') === 'ON',
    logReplicaUpdates: variables.on('log_replica_updates') || variables.on('log_slave_updates'),
  };
}
