import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A copy of app/ with the packed package installed. Outside the repository, where nothing else could be found. */
export class InstalledApp {
  readonly folder = mkdtempSync(join(tmpdir(), 'sse-broker-app-'))

  constructor() {
    cpSync(new URL('app', import.meta.url), this.folder, { recursive: true })
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    const tarball = npm(['pack', '--pack-destination', this.folder], repository).trim()
    // Offline: a package that needs another one at run time does not install.
    npm(['install', '--offline', '--no-audit', '--no-fund', join(this.folder, tarball)], this.folder)
  }

  get packages(): string[] {
    return readdirSync(join(this.folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', [...args, '--silent'], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
}
