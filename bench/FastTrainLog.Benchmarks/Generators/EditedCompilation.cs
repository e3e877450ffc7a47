using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>A compilation of many attributed methods, ten to a class and a file, and one file without any.</summary>
internal sealed class EditedCompilation
{
    private const int MethodsPerClass = 10;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp13);
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private int _edits;

    public EditedCompilation(int methods)
    {
        Compilation = CSharpCompilation.Create(
            "Benchmark",
            [
                .. Enumerable.Range(0, methods / MethodsPerClass).Select(static c => Parse(Messages(c), $"Messages{c}.cs")),
                Parse(Loop(0, 0), "Loop.cs"),
            ],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    public CSharpCompilation Compilation { get; private set; }

    /// <summary>Returns the same sources as a compiler has them that has looked at nothing yet.</summary>
    public CSharpCompilation Fresh() => Compilation
        .RemoveAllSyntaxTrees()
        .AddSyntaxTrees(Compilation.SyntaxTrees.Select(static t => Parse(t.ToString(), t.FilePath)));

    /// <summary>Changes the message of one method.</summary>
    public void EditMessage() => Replace(0, static (text, edit) => text.Replace("{Loss:F6}", $"{edit}: {{Loss:F6}}"));

    /// <summary>Changes a body in the file without attributed methods.</summary>
    public void EditBody() => Replace(Compilation.SyntaxTrees.Length - 1, static (_, edit) => Loop(edit, 0));

    /// <summary>Adds a declaration to the file without attributed methods.</summary>
    public void EditDeclaration() => Replace(Compilation.SyntaxTrees.Length - 1, static (_, edit) => Loop(0, edit));

    private void Replace(int tree, Func<string, int, string> change)
    {
        SyntaxTree before = Compilation.SyntaxTrees[tree];
        Compilation = Compilation.ReplaceSyntaxTree(before, before.WithChangedText(SourceText.From(change(before.ToString(), ++_edits), Encoding.UTF8)));
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, Options, path, Encoding.UTF8);

    private static string Loop(int body, int declaration) => $$"""
        namespace Benchmark;
        internal static class Loop
        {
            public static int Value() { return {{body}}; }
            public static int Other{{declaration}};
        }
        """;

    private static string Messages(int c)
    {
        var text = new StringBuilder($$"""
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            namespace Benchmark;
            internal static partial class Messages{{c}}
            {

            """);
        for (int m = 0; m < MethodsPerClass; m++)
        {
            string logger = m % 2 == 0 ? "TrainLogger" : "ILogger";
            text.Append($$"""
                    [TrainLog({{m + 1}}, LogLevel.Information, "Epoch {Epoch}, step {Step}: loss {Loss:F6}, {Phase} in {Layer}")]
                    public static partial void Step{{m}}(this {{logger}} logger, int epoch, long step, double loss, string phase, string? layer);

                """);
        }

        return text.Append("}\n").ToString();
    }
}
