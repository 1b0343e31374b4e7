import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../../bench/twins/examples.ts';
