import { readdirSync, readFileSync } from 'node:fs';

interface ProcessMemory {
  readonly pid: number;
  readonly command: string;
  /** Proportional set size in MiB: shared pages are divided among those who share them. */
  readonly pss: number;
}

function memoryOf(pid: number): ProcessMemory | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return pss === undefined ? undefined : { pid, command, pss: Number(pss) / 1024 };
  } catch {
    return undefined;
  }
}

/** Every process that belongs to a data folder: server, runner, PostgreSQL with its children. Linux only. */
export function memoryOfServer(serverPid: number, dataDir: string): readonly ProcessMemory[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => memoryOf(Number(name)) ?? []);
  const roots = all.filter((one) => one.pid === serverPid || one.command.includes(dataDir)).map((one) => one.pid);
  const children = all.filter((one) => roots.includes(parentOf(one.pid)));
  return [
    ...new Map([...all.filter((one) => roots.includes(one.pid)), ...children].map((one) => [one.pid, one])).values(),
  ];
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
