/**
 * A conversion, with SQL literals of values that it harms and of values that it leaves alone. `mysql` and `mariadb` add
 * values about which the servers differ.
 */
export interface Conversion {
  before: string;
  after: string;
  harmed: readonly string[];
  fine: readonly string[];
  mysql?: { harmed?: readonly string[]; fine?: readonly string[] };
  mariadb?: { harmed?: readonly string[]; fine?: readonly string[] };
}

const conversion = (
  before: string,
  after: string,
  harmed: readonly string[],
  fine: readonly string[],
  differences: Pick<Conversion, 'mysql' | 'mariadb'> = {},
): Conversion => ({ before, after, harmed, fine, ...differences });

const utf8mb4 = 'CHARACTER SET utf8mb4';
const latin1 = 'CHARACTER SET latin1';

export const conversions: readonly Conversion[] = [
  // Whole numbers
  conversion('INT', 'TINYINT', ['128', '-129', '2147483647'], ['0', '127', '-128']),
  conversion('INT', 'INT UNSIGNED', ['-1'], ['0', '2147483647']),
  conversion('INT UNSIGNED', 'INT', ['2147483648', '4294967295'], ['0', '2147483647']),
  conversion('BIGINT', 'INT', ['2147483648', '-2147483649'], ['2147483647', '-2147483648']),
  conversion(
    'BIGINT UNSIGNED',
    'BIGINT',
    ['18446744073709551615', '9223372036854775808'],
    ['9223372036854775807'],
  ),
  conversion('BIGINT', 'BIGINT UNSIGNED', ['-1'], ['0', '9223372036854775807']),
  conversion('MEDIUMINT', 'SMALLINT UNSIGNED', ['65536', '-1'], ['65535', '0']),
  conversion('INT', 'BIT(8)', ['256', '-1'], ['0', '255']),
  conversion('BIT(8)', 'BIT(4)', ["b'10000'"], ["b'1111'", "b'0'"]),
  conversion('BIT(8)', 'TINYINT', ["b'11111111'"], ["b'1111111'"]),
  conversion('INT', 'YEAR', ['1900', '2156', '-1', '24', '100'], ['0', '1901', '2155']),
  conversion('YEAR', 'TINYINT UNSIGNED', ['2024', '1901'], ['0']),
  conversion('TINYINT', 'INT', [], ['127', '-128']),

  // Decimals
  conversion('DECIMAL(10,4)', 'DECIMAL(10,2)', ['1.2345', '999999.9999', '-0.0051'], ['1.23', '-1.5', '0']),
  conversion('DECIMAL(10,2)', 'DECIMAL(4,1)', ['999.95', '1000', '-1000', '0.05'], ['999.9', '-999.9']),
  conversion('DECIMAL(10,2)', 'DECIMAL(10,2) UNSIGNED', ['-0.01', '-5'], ['0', '5.25']),
  conversion('DECIMAL(10,4)', 'INT', ['1.5', '0.0001', '-2.5'], ['7', '-7']),
  conversion('DECIMAL(10,4)', 'TINYINT', ['127.5', '128', '-128.5'], ['127', '-128']),
  conversion('DECIMAL(20,0)', 'BIGINT', ['9223372036854775808'], ['9223372036854775807']),
  conversion('INT', 'DECIMAL(4,2)', ['100', '-100'], ['99', '-99']),
  conversion('INT', 'DECIMAL(12,2)', [], ['2147483647', '-2147483648']),
  conversion('DECIMAL(10,2)', 'DECIMAL(12,4)', [], ['99999999.99', '-0.01']),
  conversion('DECIMAL(30,0)', 'DOUBLE', ['123456789012345678901234567891'], ['7', '9007199254740992']),
  conversion('DECIMAL(10,4)', 'FLOAT', ['123456.7811'], ['1.5', '1.2345', '-0.25']),

  // Floating point
  conversion('DOUBLE', 'FLOAT', ['0.1', '16777217', '1e300', '123456.789'], ['0.5', '16777216', '-0.25']),
  conversion('DOUBLE', 'INT', ['0.5', '2147483648', '-0.1', '1e20'], ['7', '-7', '2147483647']),
  conversion('DOUBLE', 'BIGINT', ['9.3e18', '0.25'], ['4503599627370496']),
  conversion('DOUBLE', 'DECIMAL(10,2)', ['0.123', '1e10', '123456.789'], ['0.1', '1.25', '-0.01']),
  conversion('FLOAT', 'DECIMAL(10,2)', ['0.125', '1e9'], ['0.1', '1.25', '-3.3']),
  conversion('FLOAT', 'DOUBLE', [], ['0.1', '1.5']),
  conversion('DOUBLE', 'DOUBLE(8,2)', ['3.14159', '1000000'], ['3.25', '-0.5']),
  conversion('DOUBLE', 'DOUBLE UNSIGNED', ['-1'], ['0', '1.5']),
  conversion('BIGINT', 'DOUBLE', ['9007199254740993'], ['9007199254740992', '-5']),
  conversion('INT', 'FLOAT', ['16777217'], ['16777216', '-1000']),

  // Text
  conversion('VARCHAR(40)', 'VARCHAR(3)', ["'abcd'", "'éééé'", "'abc  '"], ["'abc'", "'ééé'", "''"]),
  conversion('VARCHAR(40)', 'CHAR(3)', ["'abcd'", "'ab '"], ["'abc'", "''"]),
  conversion('CHAR(5)', 'VARCHAR(3)', ["'abcd'"], ["'abc'", "'ab'"]),
  conversion('VARCHAR(40)', 'TEXT', [], ["'abc'", "'ab '"]),
  conversion(
    'TEXT',
    'TINYTEXT',
    ["REPEAT('x',256)", "REPEAT('é',128)"],
    ["REPEAT('x',255)", "REPEAT('é',127)"],
  ),
  conversion('TEXT', 'VARCHAR(5)', ["'abcdef'"], ["'abcde'", "''"]),
  conversion(
    `TEXT ${latin1}`,
    `TINYTEXT ${utf8mb4}`,
    ["REPEAT('é',128)", "REPEAT('x',256)"],
    ["REPEAT('é',127)"],
  ),
  conversion(`VARCHAR(20) ${utf8mb4}`, `VARCHAR(20) ${latin1}`, ["'😀'", "'ł'"], ["'é'", "'€'", "'abc'"]),
  conversion(`VARCHAR(20) ${utf8mb4}`, 'VARCHAR(20) CHARACTER SET ascii', ["'é'", "'😀'"], ["'abc'", "''"]),
  conversion(`VARCHAR(20) ${utf8mb4}`, 'VARCHAR(20) CHARACTER SET utf8', ["'😀'"], ["'é'", "'ł'"]),
  conversion(`VARCHAR(20) ${latin1}`, `VARCHAR(20) ${utf8mb4}`, [], ["'é'", "'€'"]),
  conversion('INT', 'VARCHAR(3)', ['1000', '-100'], ['999', '-99']),
  conversion('DECIMAL(10,2)', 'VARCHAR(4)', ['10.25'], ['9.25']),
  conversion('DOUBLE', 'VARCHAR(3)', ['1.25', '10000'], ['1.5', '100']),
  conversion('DATETIME', 'VARCHAR(10)', ["'2024-01-02 03:04:05'"], []),
  conversion('DATE', 'VARCHAR(10)', [], ["'2024-01-02'"]),
  conversion("ENUM('a','bbb')", 'VARCHAR(2)', ["'bbb'"], ["'a'"]),

  // Bytes
  conversion('VARBINARY(20)', 'VARBINARY(3)', ["'abcd'"], ["'abc'", "''"]),
  conversion('BLOB', 'TINYBLOB', ["REPEAT('x',256)"], ["REPEAT('x',255)"]),
  conversion('VARBINARY(20)', 'BINARY(4)', ["'abc'", "'abcde'"], ["'abcd'"]),
  conversion('VARCHAR(20)', 'VARBINARY(3)', ["'abcd'", "'éé'"], ["'abc'", "'é'"]),
  conversion('VARBINARY(20)', `VARCHAR(20) ${utf8mb4}`, ["x'ff80'", "x'c3'"], ["x'c3a9'", "'abc'"]),
  conversion('BLOB', `TEXT ${utf8mb4}`, ["x'ff'"], ["x'f09f9880'", "''"]),

  // Moments
  conversion('DATETIME(6)', 'DATETIME', ["'2024-01-02 03:04:05.6'"], ["'2024-01-02 03:04:05'"], {
    mysql: { harmed: ["'9999-12-31 23:59:59.9'"] },
  }),
  conversion('DATETIME(6)', 'DATETIME(3)', ["'2024-01-02 03:04:05.1234'"], ["'2024-01-02 03:04:05.123'"]),
  conversion('DATETIME', 'DATE', ["'2024-01-02 03:04:05'"], ["'2024-01-02 00:00:00'"]),
  conversion('DATE', 'DATETIME', [], ["'2024-01-02'", "'9999-12-31'"]),
  conversion(
    'DATETIME',
    'TIMESTAMP',
    ["'1970-01-01 00:00:00'", "'2038-01-19 03:14:08'", "'1960-01-01'"],
    ["'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"],
  ),
  conversion('DATE', 'TIMESTAMP', ["'1960-01-01'", "'2040-01-01'"], ["'2024-01-02'"]),
  conversion('TIMESTAMP', 'DATETIME', [], ["'2024-01-02 03:04:05'"]),
  conversion('TIME(3)', 'TIME', ["'10:20:30.6'"], ["'10:20:30'", "'-10:00:00'"]),
  conversion('DATETIME', 'TIME', ["'2024-01-02 03:04:05'"], []),
  conversion('TIME', 'DATETIME', ["'10:20:30'", "'30:00:00'"], []),
  conversion('DATE', 'YEAR', ["'2024-01-02'"], []),
  conversion('DATETIME', 'INT', ["'2024-01-02 03:04:05'"], []),
  conversion('DATETIME', 'BIGINT', [], ["'2024-01-02 03:04:05'"]),
  conversion('DATE', 'INT', [], ["'2024-01-02'"]),
  conversion('INT', 'DATE', ['20241301', '7', '101112'], ['20240102']),
  conversion('INT', 'TIME', ['99', '6000', '9000000'], ['101112', '-5', '0']),

  // Members
  conversion("ENUM('a','b','c')", "ENUM('a','b')", ["'c'"], ["'a'", "'b'"]),
  conversion("ENUM('a','b')", "ENUM('b','a')", [], ["'a'", "'b'"]),
  conversion("ENUM('a','b')", "ENUM('a','x','b')", [], ["'a'", "'b'"]),
  conversion("ENUM('a','b')", "ENUM('A','b')", ["'a'"], ["'b'"]),
  conversion("ENUM('a','it''s')", "ENUM('a','its')", ["'it''s'"], ["'a'"]),
  conversion("SET('a','b')", "SET('b','a','c')", [], ["'a'", "''"]),
  conversion("ENUM('a','b')", "SET('a','c')", ["'b'"], ["'a'"]),
  conversion("SET('a','b','c')", "SET('a','b')", ["'c'", "'a,c'"], ["'a,b'", "''"]),
  conversion("SET('a','b')", "ENUM('a','b')", ["'a,b'", "''"], ["'a'"]),
  conversion('VARCHAR(20)', "ENUM('a','b')", ["'c'", "'A'", "'1'", "'3'"], ["'a'", "'b'"]),
  conversion('VARCHAR(20)', "SET('a','b')", ["'c'", "'a,c'", "'A'"], ["'a'", "'a,b'", "''"]),
  conversion('INT', "ENUM('x','y')", ['3', '-1', '0'], ['1', '2']),
  conversion("ENUM('a','b')", 'INT', ["'a'", "'b'"], []),

  // Text that is to be something else
  conversion(
    'VARCHAR(40)',
    'INT',
    ["'abc'", "''", "'12abc'", "'3000000000'", "'12.5'", "'007'", "'1e10'"],
    ["'7'", "'-7'", "' 7'", "'7 '", "'+7'"],
    { mysql: { fine: ["'1e3'"] }, mariadb: { harmed: ["'1e3'"] } },
  ),
  conversion('VARCHAR(40)', 'BIGINT', ["'99999999999999999999'", "'x'"], ["'9223372036854775807'"]),
  conversion(
    'VARCHAR(40)',
    'DECIMAL(6,2)',
    ["'abc'", "'1.234'", "'10000'", "''", "'00.5'"],
    ["'1.25'", "'1.5'", "'-7'", "'1e3'", "'.5'"],
  ),
  conversion('VARCHAR(40)', 'DOUBLE', ["'abc'", "'1.23456789012345678'", "'1e400'"], ["'0.1'", "'-1e20'"]),
  conversion('VARCHAR(40)', 'FLOAT', ["'12x'", "'1.23456789'"], ["'0.5'", "'123456'"]),
  conversion('TEXT', 'INT', ["'abc'", "'1.5'"], ["'15'"]),
  conversion('VARBINARY(20)', 'INT', ["'abc'", "x'ff'"], ["'15'"]),
  conversion('VARCHAR(40)', 'BIT(8)', ["'abc'", "'256'", "'1.5'"], ["'7'", "'255'"]),
  conversion('VARCHAR(40)', 'YEAR', ["'abc'", "'24'", "'2200'"], ["'2024'"]),
  conversion(
    'VARCHAR(40)',
    'DATE',
    ["'abc'", "''", "'2024-02-30'", "'2024-01-02 xyz'", "'2024-01-02 03:04:05'"],
    ["'2024-01-02'", "'2024-1-2'", "'20240102'"],
  ),
  conversion(
    'VARCHAR(40)',
    'DATETIME',
    ["'abc'", "'2024-01-02 25:00:00'", "'2024-01-02 03:04:05.6'"],
    ["'2024-01-02 03:04:05'", "'2024-01-02'", "'2024-01-02T03:04:05'"],
  ),
  conversion('VARCHAR(40)', 'TIMESTAMP', ["'abc'", "'2040-01-01'"], ["'2024-01-02 03:04:05'"]),
  conversion(
    'VARCHAR(40)',
    'TIME',
    ["'abc'", "'900:00:00'", "'10:20:30.6'", "''"],
    ["'10:20:30'", "'-10:00:00'"],
  ),
  conversion('VARCHAR(40)', 'JSON', ["'abc'", "'{'", "''"], ["'{}'", "'[1, 2]'", "'7'", "'null'"]),
];
