using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds the logger that a method writes to: a parameter, else a field of its class or of a base class, else a primary-constructor parameter.</summary>
internal static class LoggerFinder
{
    public static LoggerModel? Find(IMethodSymbol method, IParameterSymbol? parameter)
    {
        if (parameter is not null)
        {
            return Model(Identifiers.Escape(parameter.Name), parameter.Type);
        }

        return FindField(method) ?? FindPrimaryConstructorParameter(method);
    }

    private static LoggerModel Model(string expression, ITypeSymbol type) =>
        new(expression, KindOf(type), type.NullableAnnotation == NullableAnnotation.Annotated);

    private static LoggerKind KindOf(ITypeSymbol type) =>
        KnownTypes.IsTrainLogger(type) ? LoggerKind.TrainLogger
        : type is ITypeParameterSymbol || KnownTypes.IsPlainLogger(type) ? LoggerKind.Any
        : LoggerKind.Foreign;

    private static LoggerModel? FindField(IMethodSymbol method)
    {
        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.BaseType)
        {
            bool isOwn = SymbolEqualityComparer.Default.Equals(type, method.ContainingType);
            foreach (ISymbol member in type.GetMembers())
            {
                if (member is IFieldSymbol { IsImplicitlyDeclared: false } field
                    && (field.IsStatic || !method.IsStatic)
                    && (isOwn || field.DeclaredAccessibility != Accessibility.Private)
                    && KnownTypes.IsLogger(field.Type))
                {
                    string name = Identifiers.Escape(field.Name);
                    return Model(field.IsStatic ? name : $"this.{name}", field.Type);
                }
            }
        }

        return null;
    }

    private static LoggerModel? FindPrimaryConstructorParameter(IMethodSymbol method)
    {
        if (method.IsStatic)
        {
            return null;
        }

        foreach (IMethodSymbol constructor in method.ContainingType.InstanceConstructors)
        {
            if (!constructor.DeclaringSyntaxReferences.Any(static r => r.GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax))
            {
                continue;
            }

            foreach (IParameterSymbol parameter in constructor.Parameters)
            {
                if (KnownTypes.IsLogger(parameter.Type))
                {
                    return Model(Identifiers.Escape(parameter.Name), parameter.Type);
                }
            }
        }

        return null;
    }
}
