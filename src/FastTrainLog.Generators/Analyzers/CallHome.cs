using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>The location of the new method for a plain call.</summary>
/// <param name="Anchor">The declaration of the type that gets the method, or after which a class of messages is added.</param>
/// <param name="Type">The type that gets it; null if it is a class of messages, because the calling code is in no type that can contain the method.</param>
internal sealed record CallHome(SyntaxNode Anchor, INamedTypeSymbol? Type)
{
    /// <summary>Finds the home for a call.</summary>
    public static CallHome Of(SyntaxNode call, SemanticModel model)
    {
        // An extension block is not a separate type: it has no name, and its methods belong to the enclosing class.
        List<TypeDeclarationSyntax> types = [.. call.Ancestors().OfType<TypeDeclarationSyntax>().Where(static t => t.Identifier.ValueText.Length > 0)];
        return types.Count == 0 ? new CallHome(((CompilationUnitSyntax)model.SyntaxTree.GetRoot()).Members.Last(), null)
            : types.Any(static t => t is InterfaceDeclarationSyntax || t.Modifiers.Any(SyntaxKind.FileKeyword)) ? new CallHome(types[types.Count - 1], null)
            : new CallHome(types[0], model.GetDeclaredSymbol(types[0]));
    }

    /// <summary>Returns whether a method at this location can have a parameter of a type.</summary>
    public bool CanName(ITypeSymbol type, Compilation compilation) => type switch
    {
        { IsAnonymousType: true } => false,
        IDynamicTypeSymbol or IErrorTypeSymbol => false,
        ITypeParameterSymbol parameter => Declares(parameter),
        IArrayTypeSymbol array => CanName(array.ElementType, compilation),
        INamedTypeSymbol named => CanName(named, compilation),
        _ => false,
    };

    // The name of a nested type includes the type arguments of its containing types.
    private bool CanName(INamedTypeSymbol type, Compilation compilation) =>
        !type.IsFileLocal
        && type.TypeArguments.All(a => CanName(a, compilation))
        && (type.ContainingType is null || CanName(type.ContainingType, compilation))
        && compilation.IsSymbolAccessibleWithin(type.OriginalDefinition, (ISymbol?)Type ?? compilation.Assembly);

    private bool Declares(ITypeParameterSymbol parameter)
    {
        for (INamedTypeSymbol? type = Type; type is not null; type = type.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, parameter.DeclaringType))
            {
                return true;
            }
        }

        return false;
    }
}
