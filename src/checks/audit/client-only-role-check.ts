import { defineCheck } from '../../core/check.ts';
