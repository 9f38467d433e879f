/** The standard library's declarations (ECMAScript 2024 and what of 2025 the runtime has), as text. */
// With `?raw` a file's default export is its text, which the linter cannot know.
/* oxlint-disable import/default */
import decorators from 'typescript6/lib/lib.decorators.d.ts?raw';
import decoratorsLegacy from 'typescript6/lib/lib.decorators.legacy.d.ts?raw';
import es2015Collection from 'typescript6/lib/lib.es2015.collection.d.ts?raw';
import es2015Core from 'typescript6/lib/lib.es2015.core.d.ts?raw';
import es2015Generator from 'typescript6/lib/lib.es2015.generator.d.ts?raw';
import es2015Iterable from 'typescript6/lib/lib.es2015.iterable.d.ts?raw';
import es2015Promise from 'typescript6/lib/lib.es2015.promise.d.ts?raw';
import es2015Proxy from 'typescript6/lib/lib.es2015.proxy.d.ts?raw';
import es2015Reflect from 'typescript6/lib/lib.es2015.reflect.d.ts?raw';
import es2015Symbol from 'typescript6/lib/lib.es2015.symbol.d.ts?raw';
import es2015SymbolWellknown from 'typescript6/lib/lib.es2015.symbol.wellknown.d.ts?raw';
import es2016ArrayInclude from 'typescript6/lib/lib.es2016.array.include.d.ts?raw';
import es2016Intl from 'typescript6/lib/lib.es2016.intl.d.ts?raw';
import es2017Arraybuffer from 'typescript6/lib/lib.es2017.arraybuffer.d.ts?raw';
import es2017Date from 'typescript6/lib/lib.es2017.date.d.ts?raw';
import es2017Intl from 'typescript6/lib/lib.es2017.intl.d.ts?raw';
import es2017Object from 'typescript6/lib/lib.es2017.object.d.ts?raw';
import es2017Sharedmemory from 'typescript6/lib/lib.es2017.sharedmemory.d.ts?raw';
import es2017String from 'typescript6/lib/lib.es2017.string.d.ts?raw';
import es2017Typedarrays from 'typescript6/lib/lib.es2017.typedarrays.d.ts?raw';
import es2018Asyncgenerator from 'typescript6/lib/lib.es2018.asyncgenerator.d.ts?raw';
import es2018Asynciterable from 'typescript6/lib/lib.es2018.asynciterable.d.ts?raw';
import es2018Intl from 'typescript6/lib/lib.es2018.intl.d.ts?raw';
import es2018Promise from 'typescript6/lib/lib.es2018.promise.d.ts?raw';
import es2018Regexp from 'typescript6/lib/lib.es2018.regexp.d.ts?raw';
import es2019Array from 'typescript6/lib/lib.es2019.array.d.ts?raw';
import es2019Intl from 'typescript6/lib/lib.es2019.intl.d.ts?raw';
import es2019Object from 'typescript6/lib/lib.es2019.object.d.ts?raw';
import es2019String from 'typescript6/lib/lib.es2019.string.d.ts?raw';
import es2019Symbol from 'typescript6/lib/lib.es2019.symbol.d.ts?raw';
import es2020Bigint from 'typescript6/lib/lib.es2020.bigint.d.ts?raw';
import es2020Date from 'typescript6/lib/lib.es2020.date.d.ts?raw';
import es2020Intl from 'typescript6/lib/lib.es2020.intl.d.ts?raw';
import es2020Number from 'typescript6/lib/lib.es2020.number.d.ts?raw';
import es2020Promise from 'typescript6/lib/lib.es2020.promise.d.ts?raw';
import es2020Sharedmemory from 'typescript6/lib/lib.es2020.sharedmemory.d.ts?raw';
import es2020String from 'typescript6/lib/lib.es2020.string.d.ts?raw';
import es2020SymbolWellknown from 'typescript6/lib/lib.es2020.symbol.wellknown.d.ts?raw';
import es2021Intl from 'typescript6/lib/lib.es2021.intl.d.ts?raw';
import es2021Promise from 'typescript6/lib/lib.es2021.promise.d.ts?raw';
import es2021String from 'typescript6/lib/lib.es2021.string.d.ts?raw';
import es2021Weakref from 'typescript6/lib/lib.es2021.weakref.d.ts?raw';
import es2022Array from 'typescript6/lib/lib.es2022.array.d.ts?raw';
import es2022Error from 'typescript6/lib/lib.es2022.error.d.ts?raw';
import es2022Intl from 'typescript6/lib/lib.es2022.intl.d.ts?raw';
import es2022Object from 'typescript6/lib/lib.es2022.object.d.ts?raw';
import es2022Regexp from 'typescript6/lib/lib.es2022.regexp.d.ts?raw';
import es2022String from 'typescript6/lib/lib.es2022.string.d.ts?raw';
import es2023Array from 'typescript6/lib/lib.es2023.array.d.ts?raw';
import es2023Collection from 'typescript6/lib/lib.es2023.collection.d.ts?raw';
import es2023Intl from 'typescript6/lib/lib.es2023.intl.d.ts?raw';
import es2024Arraybuffer from 'typescript6/lib/lib.es2024.arraybuffer.d.ts?raw';
import es2024Collection from 'typescript6/lib/lib.es2024.collection.d.ts?raw';
import es2024Object from 'typescript6/lib/lib.es2024.object.d.ts?raw';
import es2024Promise from 'typescript6/lib/lib.es2024.promise.d.ts?raw';
import es2024Regexp from 'typescript6/lib/lib.es2024.regexp.d.ts?raw';
import es2024Sharedmemory from 'typescript6/lib/lib.es2024.sharedmemory.d.ts?raw';
import es2024String from 'typescript6/lib/lib.es2024.string.d.ts?raw';
import es2025Collection from 'typescript6/lib/lib.es2025.collection.d.ts?raw';
import es2025Iterator from 'typescript6/lib/lib.es2025.iterator.d.ts?raw';
import es2025Promise from 'typescript6/lib/lib.es2025.promise.d.ts?raw';
import es5 from 'typescript6/lib/lib.es5.d.ts?raw';
import esnextDisposable from 'typescript6/lib/lib.esnext.disposable.d.ts?raw';

/** Declaration files by name. References between them are dropped: all of them are loaded anyway. */
export const standardLibrary: ReadonlyMap<string, string> = new Map(
  Object.entries({
    decorators,
    decoratorsLegacy,
    es2015Collection,
    es2015Core,
    es2015Generator,
    es2015Iterable,
    es2015Promise,
    es2015Proxy,
    es2015Reflect,
    es2015Symbol,
    es2015SymbolWellknown,
    es2016ArrayInclude,
    es2016Intl,
    es2017Arraybuffer,
    es2017Date,
    es2017Intl,
    es2017Object,
    es2017Sharedmemory,
    es2017String,
    es2017Typedarrays,
    es2018Asyncgenerator,
    es2018Asynciterable,
    es2018Intl,
    es2018Promise,
    es2018Regexp,
    es2019Array,
    es2019Intl,
    es2019Object,
    es2019String,
    es2019Symbol,
    es2020Bigint,
    es2020Date,
    es2020Intl,
    es2020Number,
    es2020Promise,
    es2020Sharedmemory,
    es2020String,
    es2020SymbolWellknown,
    es2021Intl,
    es2021Promise,
    es2021String,
    es2021Weakref,
    es2022Array,
    es2022Error,
    es2022Intl,
    es2022Object,
    es2022Regexp,
    es2022String,
    es2023Array,
    es2023Collection,
    es2023Intl,
    es2024Arraybuffer,
    es2024Collection,
    es2024Object,
    es2024Promise,
    es2024Regexp,
    es2024Sharedmemory,
    es2024String,
    es2025Collection,
    es2025Iterator,
    es2025Promise,
    es5,
    esnextDisposable,
  }).map(([name, text]) => [name, text.replaceAll(/^\/\/\/ <reference .*$/gm, '')]),
);
