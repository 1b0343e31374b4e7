import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Zone } from '../../src/collect/dns/fixture.ts';

export const txt = (data: string) => ({ type: 'TXT', data: data.match(/.{1,200}/g) });

/** The records of acme.test as they should be, for mail that these servers sign. */
export const rightZone = (key: string): Zone => ({
  'acme.test': [txt('v=spf1 ip4:127.0.0.1 -all')],
  '_dmarc.acme.test': [txt('v=DMARC1; p=reject; rua=mailto:d@acme.test')],
  's1._domainkey.acme.test': [txt(key)],
});

/** Why the mail servers of Debian cannot be started here; nothing where they can. */
export function lacking(): string | undefined {
  if (process.getuid?.() !== 0) return 'they start as root alone';
  const missing = ['postfix', 'opendkim', 'dovecot'].filter((name) => !existsSync(`/usr/sbin/${name}`));
  if (missing.length > 0)
    return `${missing.join(', ')} is not installed (apt-get install postfix opendkim opendkim-tools dovecot-imapd dovecot-lmtpd)`;
  return undefined;
}

/** postfix, opendkim and dovecot on this machine, for mail from `acme.test` to `box.test`. */
export interface MailServers {
  readonly smtp: number;
  readonly imap: number;
  /** Record of the key `s1._domainkey.acme.test`. */
  readonly key: string;
  readonly password: string;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at port ${port}`);
}

/**
 * Mail to `spam-…@box.test` is put into the folder for spam of anna, to `box-bert…` into the inbox of bert, to `junk-bert…` into his folder for spam
 * (carl and dora alike), and all other mail into the inbox of anna. `signs`: opendkim signs with the key.
 */
export async function startMailServers({ signs = true }: { readonly signs?: boolean } = {}): Promise<MailServers> {
  const [smtp, imap, lmtp, milter] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), 'mail-servers-'));
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(at('key.pem'), privateKey, { mode: 0o600 });
  const password = 'only-for-this-test';
  writeFileSync(
    at('opendkim.conf'),
    [
      'Mode s',
      'Domain acme.test',
      'Selector s1',
      `KeyFile ${at('key.pem')}`,
      `Socket inet:${milter}@127.0.0.1`,
      'RequireSafeKeys no',
      'OversignHeaders From',
      'InternalHosts 0.0.0.0/0',
      'Syslog no',
    ].join('\n'),
  );
  mkdirSync(at('home'));
  execFileSync('chown', ['mail:mail', at('home')]);
  writeFileSync(
    at('dovecot.conf'),
    `protocols = imap lmtp
base_dir = ${at('dovecot')}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = ${at('dovecot.log')}
mail_location = maildir:~/Maildir
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
lmtp_save_to_detail_mailbox = yes
recipient_delimiter = +
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${at('home')}/%n
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
service imap-login {
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtp}
  }
}
`,
  );
  const postfix = at('postfix');
  for (const name of [postfix, at('spool'), at('data')]) mkdirSync(name);
  execFileSync('chown', ['postfix', at('data')]);
  for (const name of ['postfix-files', 'postfix-script', 'post-install']) copyFileSync(join('/etc/postfix', name), join(postfix, name));
  writeFileSync(
    join(postfix, 'aliases'),
    [
      '/^(anna.*@box\\.test)$/ $1',
      '/^box-([a-z]+)(-.*)?@box\\.test$/ $1@box.test',
      '/^junk-([a-z]+)(-.*)?@box\\.test$/ $1+Junk@box.test',
      // What the two above lead to is looked up as well.
      '/^((bert|carl|dora)(\\+Junk)?@box\\.test)$/ $1',
      '/^spam-.*@box\\.test$/ anna+Junk@box.test',
      '/^.*@box\\.test$/ anna@box.test',
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(postfix, 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${at('spool')}
data_directory = ${at('data')}
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.box.test
mydestination =
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtpd_peername_lookup = no
virtual_mailbox_domains = box.test
virtual_transport = lmtp:inet:127.0.0.1:${lmtp}
virtual_alias_maps = regexp:${join(postfix, 'aliases')}
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
${signs ? `smtpd_milters = inet:127.0.0.1:${milter}\nmilter_default_action = tempfail\n` : ''}maillog_file = ${at('mail.log')}
maillog_file_prefixes = ${tmpdir()}
`,
  );
  const service = (name: string, type: string, command = name, rest = '- - n - -'): string => `${name} ${type} ${rest} ${command}`;
  writeFileSync(
    join(postfix, 'master.cf'),
    [
      service(`127.0.0.1:${smtp}`, 'inet', 'smtpd', 'n - n - -'),
      service('cleanup', 'unix', 'cleanup', 'n - n - 0'),
      service('qmgr', 'unix', 'qmgr', 'n - n 300 1'),
      ...[
        'rewrite trivial-rewrite',
        'bounce bounce',
        'defer bounce',
        'trace bounce',
        'error error',
        'retry error',
        'smtp smtp',
        'lmtp lmtp',
        'relay smtp',
      ].map((pair) => {
        const [name = '', command] = pair.split(' ');
        return service(name, 'unix', command);
      }),
      service('proxymap', 'unix', 'proxymap'),
      service('anvil', 'unix', 'anvil', '- - n - 1'),
      service('scache', 'unix', 'scache', '- - n - 1'),
      service('postlog', 'unix-dgram', 'postlogd', 'n - n - 1'),
      '',
    ].join('\n'),
  );
  const opendkim = signs ? spawn('/usr/sbin/opendkim', ['-f', '-x', at('opendkim.conf')], { stdio: 'ignore' }) : undefined;
  const dovecot = spawn('/usr/sbin/dovecot', ['-F', '-c', at('dovecot.conf')], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    const pid = join(at('spool'), 'pid/master.pid');
    if (existsSync(pid)) {
      const master = Number(readFileSync(pid, 'utf8').trim());
      if (master > 1) process.kill(master);
    }
    for (const child of [opendkim, dovecot]) {
      if (!child || child.exitCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    execFileSync('/usr/sbin/postfix', ['-c', postfix, 'start'], { stdio: 'ignore', timeout: 30_000 });
    await Promise.all([...(signs ? [answers(milter)] : []), answers(imap), answers(lmtp), answers(smtp)]);
  } catch (error) {
    const log = existsSync(at('mail.log')) ? readFileSync(at('mail.log'), 'utf8').slice(-2000) : '';
    await stop();
    throw new Error(`the mail servers do not start: ${String(error)} ${log}`);
  }
  return { smtp, imap, password, key: `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`, stop };
}
