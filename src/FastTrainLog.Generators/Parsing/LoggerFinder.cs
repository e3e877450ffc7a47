using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds the logger that a method writes to: a parameter, otherwise a field of its class or of a base class, otherwise a primary-constructor parameter, otherwise a property.</summary>
internal static class LoggerFinder
{
    public static LoggerModel? Find(IMethodSymbol method, IParameterSymbol? parameter, Location? name, ProblemReport? report)
    {
        if (parameter is not null)
        {
            return Model(Identifiers.Escape(parameter.Name), parameter.Type);
        }

        List<ISymbol> loggers = [.. Fields(method)];
        if (loggers.Count == 0)
        {
            loggers.AddRange(PrimaryConstructorParameters(method, name, report));
        }

        if (loggers.Count == 0)
        {
            loggers.AddRange(Properties(method));
        }

        if (loggers.Count > 1)
        {
            report?.Add(Descriptors.SeveralLoggers, name, method.ContainingType.Name, loggers[0].Name, loggers[1].Name, method.Name);
            return null;
        }

        switch (loggers.FirstOrDefault())
        {
            case IFieldSymbol field:
                string identifier = Identifiers.Escape(field.Name);
                return Model(field.IsStatic ? identifier : $"this.{identifier}", field.Type);
            case IPropertySymbol property:
                string reference = Identifiers.Escape(property.Name);
                return Model(property.IsStatic ? reference : $"this.{reference}", property.Type);
            case IParameterSymbol primary:
                return Model(Identifiers.Escape(primary.Name), primary.Type);
            default:
                if (HasUnknownType(method.ContainingType))
                {
                    // The compiler reports the unknown type; whether it is the logger is unknown.
                }
                else if (method.IsStatic)
                {
                    report?.Add(Descriptors.NoLoggerParameter, name, method.Name);
                }
                else
                {
                    report?.Add(Descriptors.NoLoggerMember, name, method.Name, method.ContainingType.Name);
                }

                return null;
        }
    }

    private static LoggerModel Model(string expression, ITypeSymbol type) =>
        new(expression, KindOf(type), type.NullableAnnotation == NullableAnnotation.Annotated);

    private static LoggerKind KindOf(ITypeSymbol type) =>
        KnownTypes.IsTrainLogger(type) ? LoggerKind.TrainLogger
        : type is ITypeParameterSymbol parameter ? MayBeTrainLogger(parameter) ? LoggerKind.Any : LoggerKind.Foreign
        : KnownTypes.IsPlainLogger(type) ? LoggerKind.Any
        : LoggerKind.Foreign;

    private static bool HasUnknownType(INamedTypeSymbol type) =>
        Accessible<ISymbol>(type).Any(static m => MethodChecks.HasError(m is IFieldSymbol field ? field.Type : m is IPropertySymbol property ? property.Type : m.ContainingType))
        || type.BaseType is { TypeKind: TypeKind.Error }
        || type.InstanceConstructors.Any(static c => c.Parameters.Any(static p => MethodChecks.HasError(p.Type)));

    // The compiler rejects a type test that the constraints rule out.
    private static bool MayBeTrainLogger(ITypeParameterSymbol parameter) =>
        !parameter.HasValueTypeConstraint
        && !parameter.HasUnmanagedTypeConstraint
        && parameter.ConstraintTypes.All(static c =>
            c is ITypeParameterSymbol other ? MayBeTrainLogger(other)
            : c.TypeKind == TypeKind.Interface || KnownTypes.IsTrainLogger(c) || c.SpecialType == SpecialType.System_Object);

    private static IEnumerable<IFieldSymbol> Fields(IMethodSymbol method) =>
        AccessibleFields(method.ContainingType).Where(f => (f.IsStatic || !method.IsStatic) && KnownTypes.IsLogger(f.Type));

    private static IEnumerable<IPropertySymbol> Properties(IMethodSymbol method)
    {
        var names = new HashSet<string>();
        return Accessible<IPropertySymbol>(method.ContainingType).Where(p =>
            (p.IsStatic || !method.IsStatic) && !p.IsIndexer && p.GetMethod is not null && KnownTypes.IsLogger(p.Type) && names.Add(p.Name));
    }

    private static IEnumerable<IFieldSymbol> AccessibleFields(INamedTypeSymbol containing) => Accessible<IFieldSymbol>(containing);

    private static IEnumerable<TMember> Accessible<TMember>(INamedTypeSymbol containing)
        where TMember : class, ISymbol
    {
        for (INamedTypeSymbol? type = containing; type is not null; type = type.BaseType)
        {
            bool isOwn = SymbolEqualityComparer.Default.Equals(type, containing);
            foreach (ISymbol member in type.GetMembers())
            {
                if (member is TMember { CanBeReferencedByName: true } found && (isOwn || IsInherited(found, containing)))
                {
                    yield return found;
                }
            }
        }
    }

    private static bool IsInherited(ISymbol member, INamedTypeSymbol containing) => member.DeclaredAccessibility switch
    {
        Accessibility.Private => false,
        Accessibility.Internal or Accessibility.ProtectedAndInternal =>
            SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, containing.ContainingAssembly) || member.ContainingAssembly.GivesAccessTo(containing.ContainingAssembly),
        _ => true,
    };

    private static IEnumerable<IParameterSymbol> PrimaryConstructorParameters(IMethodSymbol method, Location? name, ProblemReport? report)
    {
        if (method.IsStatic)
        {
            yield break;
        }

        foreach (IMethodSymbol constructor in method.ContainingType.InstanceConstructors)
        {
            if (!constructor.DeclaringSyntaxReferences.Any(static r => r.GetSyntax() is TypeDeclarationSyntax))
            {
                continue;
            }

            foreach (IParameterSymbol parameter in constructor.Parameters)
            {
                if (!KnownTypes.IsLogger(parameter.Type))
                {
                    continue;
                }

                ISymbol? hiding = AccessibleFields(method.ContainingType).FirstOrDefault(f => f.Name == parameter.Name)
                    ?? (ISymbol?)method.Parameters.FirstOrDefault(p => p.Name == parameter.Name);
                if (hiding is null)
                {
                    yield return parameter;
                }
                else
                {
                    report?.Add(Descriptors.HiddenLogger, parameter.Locations[0], parameter.Name, hiding.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), method.Name);
                }
            }
        }
    }
}
