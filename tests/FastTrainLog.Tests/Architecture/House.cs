using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Tests.Architecture;

/// <summary>The rooms of an assembly, which are the folders of its sources, and the arrows between them, as the compiler sees them.</summary>
internal sealed class House
{
    /// <summary>The room of the files that stand in no folder.</summary>
    public const string Root = "root";

    private readonly Dictionary<string, int> _lines = [];
    private readonly List<Arrow> _arrows = [];

    private House()
    {
    }

    /// <summary>Gets the lines of source in each room.</summary>
    public IReadOnlyDictionary<string, int> Lines => _lines;

    /// <summary>Gets the arrows, in the order of files and lines.</summary>
    public IReadOnlyList<Arrow> Arrows => _arrows;

    /// <summary>Reads the sources of a folder.</summary>
    public static House Read(string folder) => Of(
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (File: Path.GetRelativePath(folder, path).Replace('\\', '/'), Text: File.ReadAllText(path)))
            .OrderBy(static source => source.File, StringComparer.Ordinal));

    /// <summary>Draws the arrows of sources.</summary>
    /// <param name="sources">The files, by their paths from the folder of the assembly.</param>
    public static House Of(IEnumerable<(string File, string Text)> sources)
    {
        var house = new House();
        SyntaxTree[] trees = [.. sources.Select(static source => CSharpSyntaxTree.ParseText(source.Text, new CSharpParseOptions(LanguageVersion.Preview), source.File))];
        // Without what the generator writes: its methods are called by name and return nothing of another room.
        var compilation = CSharpCompilation.Create(
            "House",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, new CSharpParseOptions(LanguageVersion.Preview))],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        foreach (SyntaxTree tree in trees)
        {
            house.Add(tree, compilation.GetSemanticModel(tree));
        }

        return house;
    }

    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !Path.GetFileName(path).StartsWith("FastTrainLog", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path));

    private static string RoomOf(string file) => file.Contains('/') ? file[..file.IndexOf('/')] : Root;

    private void Add(SyntaxTree tree, SemanticModel model)
    {
        string room = RoomOf(tree.FilePath);
        _lines[room] = _lines.GetValueOrDefault(room) + tree.GetText().Lines.Count;
        foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (TypeNamedBy(name, model) is { DeclaringSyntaxReferences: [SyntaxReference declaration, ..] } type)
            {
                string to = RoomOf(declaration.SyntaxTree.FilePath);
                if (to != room)
                {
                    _arrows.Add(new Arrow(room, to, type.Name, tree.FilePath, name.GetLocation().GetLineSpan().StartLinePosition.Line + 1));
                }
            }
        }
    }

    /// <summary>Returns the type that a name stands for, or that the named member belongs to; null where it is neither.</summary>
    private static INamedTypeSymbol? TypeNamedBy(SimpleNameSyntax name, SemanticModel model)
    {
        SymbolInfo info = model.GetSymbolInfo(name);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        INamedTypeSymbol? type = symbol switch
        {
            INamedTypeSymbol named => named,
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType,
            _ => null,
        };
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type?.OriginalDefinition;
    }
}
