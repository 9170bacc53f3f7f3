// Modules of the snippet's own project that nobody has: stubs in which every imported name is `any`,
// and the complaints that come of that and of nothing in the snippet.

const RELATIVE = /^\.\.?(\/|$)/;
const ARGUMENTS = '<A = any, B = any, C = any, D = any>'; // a type is used with up to four arguments

/** Return the stubs of the snippet's relative imports: places by specifier, sources by place. */
export function stubsOf(ts, file) {
  const modules = new Map(); // specifier -> imported names
  const spaces = new Map(); // imported name -> names that are looked up in it as a namespace of types
  const identifiers = new Set();
  const whole = new Set(); // specifiers of which any name may be used
  const module = (node) => {
    if (!node || !ts.isStringLiteralLike(node) || !RELATIVE.test(node.text)) return undefined;
    if (!modules.has(node.text)) modules.set(node.text, new Set());
    return modules.get(node.text);
  };
  const visit = (node) => {
    if (ts.isIdentifier(node)) identifiers.add(node.text);
    if (ts.isQualifiedName(node) && ts.isIdentifier(node.left)) {
      const names = spaces.get(node.left.text) ?? new Set();
      spaces.set(node.left.text, names.add(node.right.text));
    } else if (ts.isImportDeclaration(node)) {
      const names = module(node.moduleSpecifier);
      const { name, namedBindings: bindings } = node.importClause ?? {};
      if (names && name) names.add('default');
      if (names && bindings && ts.isNamespaceImport(bindings)) whole.add(node.moduleSpecifier.text);
      if (names && bindings && ts.isNamedImports(bindings)) addNames(names, bindings);
    } else if (ts.isExportDeclaration(node)) {
      const names = module(node.moduleSpecifier);
      if (names && node.exportClause && ts.isNamedExports(node.exportClause)) {
        addNames(names, node.exportClause);
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      if (module(node.arguments[0])) whole.add(node.arguments[0].text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (module(node.argument.literal)) whole.add(node.argument.literal.text);
    } else if (ts.isModuleDeclaration(node)) {
      module(node.name); // an augmentation
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const places = new Map();
  const files = new Map();
  for (const [specifier, names] of modules) {
    if (whole.has(specifier)) for (const name of identifiers) names.add(name);
    const place = `/stubs/${files.size}.d.ts`;
    places.set(specifier, place);
    files.set(
      place,
      [...names].map((name) => stub(name, spaces.get(name))).join('\n') + '\nexport {};',
    );
  }
  return { places, files };
}

function addNames(names, bindings) {
  for (const { propertyName, name } of bindings.elements) names.add((propertyName ?? name).text);
}

/** Declare a name as a value, as a type and, where it is used as one, as a namespace. */
function stub(name, members) {
  if (name === 'default') {
    return `declare const it: any;\ntype it${ARGUMENTS} = any;\nexport default it;`;
  }
  const inner = [...(members ?? [])].map((member) => `export type ${member}${ARGUMENTS} = any;`);
  const space = inner.length ? `\nexport declare namespace ${name} { ${inner.join(' ')} }` : '';
  return `export declare const ${name}: any;\nexport type ${name}${ARGUMENTS} = any;${space}`;
}

/**
 * Say which complaints come of the stubs. `indexing`: a stub is the key of a mapped type, in which
 * every access would then seem unsure. `covers(diagnostic)`: `any` lacks what the real type has.
 */
export function excuses(ts, checker, file) {
  const isAny = (type) => Boolean(type && type.flags & ts.TypeFlags.Any);
  const anyNode = (node) => Boolean(node) && isAny(checker.getTypeFromTypeNode(node));
  const anyValue = (node) => isAny(checker.getTypeAtLocation(node));
  const some = (root, holds) => {
    const visit = (node) => holds(node) || ts.forEachChild(node, visit) || false;
    return visit(root);
  };
  const above = (node, holds) => (node && !holds(node) ? above(node.parent, holds) : node);

  const keyed = (node) =>
    (ts.isMappedTypeNode(node) && anyNode(node.typeParameter.constraint)) ||
    (ts.isTypeReferenceNode(node) &&
      node.typeName.getText(file) === 'Record' &&
      anyNode(node.typeArguments?.[0]));

  /** Whether what calls or takes the function is a stub, so that its parameters get no type. */
  const untyped = (node) => {
    const method = (one) => ts.isMethodDeclaration(one) && ts.isObjectLiteralExpression(one.parent);
    const literal = (one) => ts.isFunctionExpression(one) || ts.isArrowFunction(one);
    const inner = above(node, (one) => literal(one) || method(one));
    if (!inner) return false;
    const made = method(inner) ? inner.parent : inner;
    const call = above(made.parent, (one) => !ts.isParenthesizedExpression(one));
    const called =
      (ts.isCallExpression(call) || ts.isNewExpression(call)) && anyValue(call.expression);
    return called || isAny(checker.getContextualType(made)) || untyped(made.parent);
  };
  /** Whether the type is a parameter whose bound is a stub: it counts as unknown, not as any. */
  const bounded = (type) =>
    Boolean(type && type.flags & ts.TypeFlags.TypeParameter) &&
    (type.symbol?.declarations ?? []).some((one) => one.constraint && anyNode(one.constraint));
  const derived = (node) => {
    const clause = above(node, ts.isClassLike)?.heritageClauses?.find(
      ({ token }) => token === ts.SyntaxKind.ExtendsKeyword,
    );
    return Boolean(clause) && anyValue(clause.types[0].expression);
  };
  const switched = (node) =>
    some(
      above(node, ts.isFunctionLike) ?? file,
      (one) => ts.isSwitchStatement(one) && anyValue(one.expression),
    );

  const covers = ({ code, start, length, messageText }) => {
    const node = at(ts, file, start ?? 0, length ?? 0);
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    switch (code) {
      case 2322: // the end of an exhaustive switch
      case 2345:
        return /'any' is not assignable to (parameter of )?type 'never'/.test(message);
      case 2339:
        return (
          ts.isPropertyAccessExpression(node.parent) &&
          bounded(checker.getTypeAtLocation(node.parent.expression))
        );
      case 2536:
        return (
          ts.isIndexedAccessTypeNode(node) && bounded(checker.getTypeFromTypeNode(node.objectType))
        );
      case 2347: // type arguments of a call that has no type
        return true;
      case 2366: // a switch that may be exhaustive
      case 2454:
        return switched(node);
      case 4113: // overrides what the stub may declare
        return derived(node);
      case 7006:
      case 7019:
      case 7031:
        return untyped(node);
      default:
        return false;
    }
  };
  return { covers, indexing: some(file, keyed) };
}

/** The outermost node at exactly this place, else the innermost that holds it. */
function at(ts, file, start, length) {
  let found = file;
  for (;;) {
    const next = ts.forEachChild(found, (child) =>
      child.getStart(file) <= start && start + length <= child.end ? child : undefined,
    );
    if (!next) return found;
    found = next;
    if (next.getStart(file) === start && next.end === start + length) return next;
  }
}
