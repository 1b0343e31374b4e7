import { createHmac, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { providerNamed, schemeOf } from './schemes.ts';

const message = (text: string, more: { url?: string; at?: number; id?: string } = {}) => ({
  body: Buffer.from(text),
  url: 'https://app.example/hook',
  at: 1_700_000_000,
  id: 'msg_1',
  ...more,
});

describe('what each provider signs', () => {
  it('GitHub, as its documentation has it', () => {
    expect(schemeOf('github').sign(message('Hello, World!'), "It's a Secret to Everybody")).toEqual({
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    });
  });

  it('Slack, as its documentation has it', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    expect(schemeOf('slack').sign(message(body, { at: 1_531_420_618 }), '8f742231b10e8888abcd99yyyzzz85a5')).toEqual({
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    });
  });

  it('Svix and the standard, as their libraries test it', () => {
    const signed = schemeOf('svix').sign(
      message('{"test": 2432232314}', { at: 1_614_265_330, id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' }),
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    );
    expect(signed).toMatchObject({
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('Twilio, as its libraries test it', () => {
    const body = new URLSearchParams({
      To: '+18005551212',
      From: '+14158675309',
      Digits: '1234',
      Caller: '+14158675309',
      CallSid: 'CA1234567890ABCDE',
    }).toString();
    expect(schemeOf('twilio').sign(message(body, { url: 'https://mycompany.com/myapp.php?foo=1&bar=2' }), '12345')).toEqual({
      'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    });
  });

  it('HighLevel: Ed25519, by the third vector of RFC 8032', () => {
    const seed = 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7';
    const secret = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64');
    const signed = schemeOf('gohighlevel').sign({ ...message(''), body: Buffer.from('af82', 'hex') }, secret);
    expect(Buffer.from(signed['x-ghl-signature'] ?? '', 'base64').toString('hex')).toBe(
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    );
    const pem = schemeOf('gohighlevel').otherSecret();
    const other = schemeOf('gohighlevel').sign(message('{}'), pem)['x-ghl-signature'] ?? '';
    expect(verify(null, Buffer.from('{}'), createPublicKey(pem), Buffer.from(other, 'base64'))).toBe(true);
    // Environments keep a PEM in one line.
    expect(schemeOf('gohighlevel').sign(message('{}'), pem.replaceAll('\n', String.raw`\n`))['x-ghl-signature']).toBe(other);
  });

  it('Stripe and Calendly: the time, a dot and the body; Shopify: the body alone', () => {
    const digest = createHmac('sha256', 'shh').update('1700000000.{}').digest('hex');
    expect(schemeOf('stripe').sign(message('{}'), 'shh')).toEqual({ 'stripe-signature': `t=1700000000,v1=${digest}` });
    expect(schemeOf('calendly').sign(message('{}'), 'shh')).toEqual({ 'calendly-webhook-signature': `t=1700000000,v1=${digest}` });
    expect(schemeOf('shopify').sign(message('{}'), 'shh')).toEqual({
      'x-shopify-hmac-sha256': createHmac('sha256', 'shh').update('{}').digest('base64'),
    });
  });

  it('a home-made one, under the name it has', () => {
    expect(schemeOf('generic-timed', 'Payment-Signature').sign(message('{}'), 'shh')['payment-signature']).toMatch(
      /^t=\d+,v1=[0-9a-f]{64}$/,
    );
    expect(Object.keys(schemeOf('generic', 'X-My-Signature').sign(message('{}'), 'shh'))).toEqual(['x-my-signature']);
    expect(schemeOf('stripe', 'x-other').header).toBe('stripe-signature');
  });
});

it('knows no scheme by the names of an object’s own parts', () => {
  expect(['stripe', 'razorpay', 'constructor'].map(providerNamed)).toEqual(['stripe', 'generic', 'generic']);
});
