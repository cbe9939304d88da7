import type { Kind, Parsed } from './kinds.js';

/** A part of every day, by the clock of a time zone. One that ends before it begins goes over midnight. */
export interface DailyWindow {
  /** Minutes since midnight. */
  fromMinute: number;
  toMinute: number;
  /** As in the IANA time zone database: `Europe/Berlin`. */
  timeZone: string;
}

const pattern = /^\s*(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)(?:\s+(\S+))?\s*$/;

/** `02:00-05:00`, by the machine's clock, or `02:00-05:00 Europe/Berlin`. */
export const dailyWindow: Kind<DailyWindow> = {
  placeholder: 'HH:MM-HH:MM',
  shape: { type: 'text', pattern },
  parse: parseWindow,
  write: writeWindow,
};

/** As one would write it, always with its time zone. */
export function writeWindow({ fromMinute, toMinute, timeZone }: DailyWindow): string {
  return `${clock(fromMinute)}-${clock(toMinute)} ${timeZone}`;
}

function parseWindow(raw: unknown): Parsed<DailyWindow> {
  const expected = 'a part of the day such as 02:00-05:00 or "22:30-04:00 Europe/Berlin"';
  const [, from = '', to = '', zone] = pattern.exec(String(raw)) ?? [];
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (fromMinute === undefined || toMinute === undefined) return { expected };
  if (fromMinute % day === toMinute % day) return { expected: `${expected}, whose two ends differ` };
  const timeZone = zoneNamed(zone);
  if (timeZone === undefined)
    return { expected: `a time zone such as UTC or Europe/Berlin after the window` };
  return { value: { fromMinute: fromMinute % day, toMinute: toMinute % day, timeZone } };
}

const day = 24 * 60;

/** 24:00 is the end of a day. */
function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d\d?):(\d\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= day ? minute : undefined;
}

/** In the spelling of the database; that of the machine where none is named. */
function zoneNamed(zone: string | undefined): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', zone === undefined ? {} : { timeZone: zone }).resolvedOptions()
      .timeZone;
  } catch {
    return undefined; // RangeError: there is no such zone
  }
}

function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
