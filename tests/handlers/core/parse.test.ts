import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import { Unprocessable } from '../../../handlers/core/errors';
import { parse, parseJson } from '../../../handlers/core/parse';
import { complaint } from './complaint';

const schema = v.object(
  {
    name: v.pipe(v.string('must be a string'), v.minLength(1, 'must not be empty')),
    at: v.object({ page: v.number('must be a number') }, 'must be an object'),
  },
  'must be an object',
);
const given = { name: 'n', at: { page: 1 } };

describe('what is parsed', () => {
  it('is a value of the fields that were asked for, and of no others', () => {
    assert.deepEqual(parse(schema, { ...given, more: 1 }), given);
    assert.deepEqual(parseJson(schema, JSON.stringify(given)), given);
  });

  it('is refused with every field that is wrong or missing, each by its path', () => {
    assert.equal(
      complaint(() => parse(schema, { name: 5, at: { page: 'x' } })),
      'name must be a string; at.page must be a number',
    );
    assert.equal(
      complaint(() => parse(schema, { at: {} })),
      'name is missing; at.page is missing',
    );
    assert.equal(
      complaint(() => parse(schema, { name: undefined, at: null })),
      'name is missing; at must be an object',
    );
  });

  it('is called the body, or what it is a part of', () => {
    assert.equal(
      complaint(() => parse(schema, 'x')),
      'body must be an object',
    );
    assert.equal(
      complaint(() => parse(schema, 'x', 'text')),
      'text must be an object',
    );
    assert.equal(
      complaint(() => parse(schema, { ...given, name: '' }, 'text')),
      'text.name must not be empty',
    );
    assert.equal(
      complaint(() => parse(schema, undefined)),
      'body is missing',
    );
    assert.equal(
      complaint(() => parseJson(schema, '{')),
      'body must be JSON',
    );
    assert.equal(
      complaint(() => parseJson(schema, '', 'text')),
      'text must be JSON',
    );
  });

  it('is refused with each complaint once, however many values cause it', () => {
    const either = v.pipe(
      v.string(),
      v.check(() => false, 'must be better'),
      v.check(() => false, 'must be better'),
    );
    assert.equal(
      complaint(() => parse(v.object({ either }), { either: 'x' })),
      'either must be better',
    );
  });

  it('parses or is Unprocessable, whatever it is, and no complaint shows it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseJson(schema, text);
        } catch (error) {
          assert.ok(error instanceof Unprocessable, String(error));
          assert.match(
            error.message,
            /^((body|name|at|at\.page) (is missing|must be (JSON|a string|an object|a number)|must not be empty)(; |$))+$/,
          );
        }
      }),
    );
  });
});
