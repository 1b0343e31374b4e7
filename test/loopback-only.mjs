// Loaded before every test file, and by every Node process that a test starts: nothing is sent to another machine. What would be fails at once, as it does
// where there is no network.
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

const isHere = (address) => /^(?:::ffff:)?127\.|^::1$|^0\.0\.0\.0$|^::$/i.test(address);

const unreachable = (address, port) =>
  Object.assign(new Error(`connect ENETUNREACH ${address}:${port} - tests reach nothing but this machine`), {
    code: 'ENETUNREACH',
    errno: -101,
    syscall: 'connect',
    address,
    port,
  });

/** Looks a name up, and takes away the addresses of other machines. */
const lookingHere = (lookup, port) => (name, options, done) => {
  const answer = typeof options === 'function' ? options : done;
  // The resolver of the system is not ours to ask: the name of a real domain would leave the machine with it.
  if (lookup === dns.lookup && !/^(?:localhost|.*\.localhost)\.?$/i.test(name)) {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name });
    process.nextTick(answer, error);
    return;
  }
  lookup(name, typeof options === 'function' ? {} : options, (error, found, family) => {
    if (error) return answer(error);
    const all = Array.isArray(found) ? found : [{ address: found, family }];
    const here = all.filter(({ address }) => isHere(address));
    if (here.length === 0) return answer(unreachable(all[0]?.address ?? name, port));
    if (Array.isArray(found)) answer(null, here);
    else answer(null, here[0].address, here[0].family);
  });
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Node hands its own normalised arguments on as one array.
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const options =
    typeof first === 'object' && first !== null ? first : { port: first, host: typeof args[1] === 'string' ? args[1] : undefined };
  const host = options.host ?? 'localhost';
  if (options.path !== undefined || host === 'localhost') return connect.apply(this, args);
  if (net.isIP(host) === 0) {
    const guarded = { ...options, lookup: lookingHere(options.lookup ?? dns.lookup, options.port) };
    const done = [...(Array.isArray(args[0]) ? args[0] : args)].findLast((one) => typeof one === 'function');
    return connect.call(this, guarded, ...(done ? [done] : []));
  }
  if (isHere(host)) return connect.apply(this, args);
  process.nextTick(() => this.destroy(unreachable(host, options.port)));
  return this;
};

const refuse = (socket, address, port, syscall, done) => {
  const error = Object.assign(unreachable(address, port), { syscall });
  process.nextTick(() => (typeof done === 'function' ? done(error) : socket.emit('error', error)));
};

// A connected socket sends without naming an address again.
const join = dgram.Socket.prototype.connect;
dgram.Socket.prototype.connect = function (port, ...rest) {
  const address = rest.find((one) => typeof one === 'string');
  if (address === undefined || isHere(address) || address === 'localhost') return join.call(this, port, ...rest);
  refuse(this, address, port, 'connect', rest.at(-1));
};

const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (...args) {
  const address = args.slice(1).find((one) => typeof one === 'string');
  if (address === undefined || isHere(address) || address === 'localhost') return send.apply(this, args);
  refuse(this, address, args.find((one) => typeof one === 'number') ?? 0, 'send', args.at(-1));
};

const self = `--import=${import.meta.url}`;
if (!process.env.NODE_OPTIONS?.includes(self)) process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, self].filter(Boolean).join(' ');
