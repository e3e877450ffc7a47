using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>A compilation of many attributed methods, ten to a class and a file, and two files without any.</summary>
internal sealed class EditedCompilation
{
    private const int MethodsPerClass = 10;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp13);
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly int _classes;
    private int _edits;
    private int _body;
    private int _member;
    private int _type;

    public EditedCompilation(int methods)
    {
        _classes = methods / MethodsPerClass;
        Compilation = CSharpCompilation.Create(
            "Benchmark",
            [
                .. Enumerable.Range(0, _classes).Select(static c => Parse(Messages(c, 0), $"Messages{c}.cs")),
                Parse(Loop(), "Loop.cs"),
                Parse(Phase(0), "Phase.cs"),
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
    public void EditMessage() => Replace(0, Messages(0, ++_edits));

    /// <summary>Changes a body in a file without attributed methods.</summary>
    public void EditBody()
    {
        _body++;
        Replace(_classes, Loop());
    }

    /// <summary>Changes a field of a class that no attributed method has to do with.</summary>
    public void EditMember()
    {
        _member++;
        Replace(_classes, Loop());
    }

    /// <summary>Adds a class that no attributed method has to do with, in the place of the one that was added before.</summary>
    public void EditType()
    {
        _type++;
        Replace(_classes, Loop());
    }

    /// <summary>Adds a member to the enum that every method logs.</summary>
    public void EditLoggedType() => Replace(_classes + 1, Phase(++_edits));

    private void Replace(int tree, string text)
    {
        SyntaxTree before = Compilation.SyntaxTrees[tree];
        Compilation = Compilation.ReplaceSyntaxTree(before, before.WithChangedText(SourceText.From(text, Encoding.UTF8)));
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, Options, path, Encoding.UTF8);

    private string Loop() => $$"""
        namespace Benchmark;

        internal static class Loop
        {
            public static int Value() { return {{_body}}; }

            public static int Other{{_member}};
        }

        internal static class Added{{_type}};
        """;

    private static string Phase(int edit) => $$"""
        namespace Benchmark;

        internal enum Phase { Warmup, Steady, Added{{edit}} }
        """;

    private static string Messages(int c, int edit)
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
                    [TrainLog({{m + 1}}, LogLevel.Information, "{{(m == 0 ? $"{edit}: " : string.Empty)}}Epoch {Epoch}, step {Step}: loss {Loss:F6}, {Phase} in {Layer}")]
                    public static partial void Step{{m}}(this {{logger}} logger, int epoch, long step, double loss, Phase phase, string? layer);


                """);
        }

        return text.Append("}\n").ToString();
    }
}
