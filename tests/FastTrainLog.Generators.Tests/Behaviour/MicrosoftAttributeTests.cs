using FastTrainLog.Redaction;
using System.Text.Json;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>Microsoft's attributes mean to a log method what they mean to Microsoft's generator, without a reference of the library to them.</summary>
[Collection(nameof(RedactionTests))]
public sealed class MicrosoftAttributeTests
{
    private const string Classes = """
        [AttributeUsage(AttributeTargets.All)] public class PrivateAttribute() : DataClassificationAttribute(new DataClassification("Taxonomy", "Private"));
        [AttributeUsage(AttributeTargets.All)] public sealed class PatientAttribute : PrivateAttribute;
        [AttributeUsage(AttributeTargets.All)] public sealed class TypedAttribute<T>() : DataClassificationAttribute(new DataClassification("Taxonomy", "Typed"));
        [AttributeUsage(AttributeTargets.All)] internal sealed class HiddenAttribute() : DataClassificationAttribute(new DataClassification("Taxonomy", "Hidden"));
        public sealed record Login([Private] string User, [property: Patient] string Scan, int Attempts);
        public class Form { public virtual string Name => "open"; [Private] public virtual string Key => "secret-key"; }
        public sealed class Filled : Form { [Private] public override string Name => "secret-name"; public override string Key => "secret-other"; }
        [Private] public class Card { public override string ToString() => "secret-card"; }
        public sealed class Gold : Card;
        [Private] public interface IKept;
        public readonly struct Kept : IKept { public override string ToString() => "secret-struct"; }
        """;

    [Theory]
    [InlineData("[Private] string value", "\"secret\"")]
    [InlineData("[Patient] string? value", "\"secret\"")]
    [InlineData("[Typed<int>] string value", "\"secret\"")]
    [InlineData("[Hidden] object value", "\"secret\"")]
    [InlineData("[Private, Patient] int value", "41")]
    [InlineData("[UnknownDataClassification] string value", "\"secret\"")]
    [InlineData("[Private] dynamic value", "\"secret\"")]
    [InlineData("[Private] ReadOnlySpan<char> value", "\"secret\"")]
    [InlineData("[Private] double[] value", "[41]")]
    [InlineData("Card value", "new Card()")]
    [InlineData("Gold value", "new Gold()")]
    [InlineData("Kept value", "new Kept()")]
    [InlineData("Kept? value", "new Kept()")]
    [InlineData("Card[] value", "[new Gold()]")]
    [InlineData("List<Card> value", "[new Gold()]")]
    [InlineData("Dictionary<string, Gold[]> value", "new() { [\"a\"] = [new Gold()] }")]
    [InlineData("[SecretData, Private] string value", "\"secret\"")]
    public void A_value_that_Microsofts_classification_stands_at_is_erased(string parameter, string value)
    {
        CompiledLog log = CompiledLog.Of(
            $$"""[TrainLog(1, LogLevel.Information, "{value} of {step}")] static partial void M(ILogger logger, {{parameter}}, int step);""", $"M(logger, {value}, 7);", Classes);
        log.Says("[erased] of 7", ("value", "[erased]"), ("step", "7"));
    }

    [Fact]
    public void A_type_parameter_may_be_classified() => CompiledLog.Of(
        """[TrainLog(1, LogLevel.Information, "{a} {b}")] static partial void M<[Private] T, TCard>(ILogger logger, T a, TCard b) where TCard : Card;""", "M(logger, 1, new Gold());", Classes)
        .Says("[erased] [erased]", ("a", "[erased]"), ("b", "[erased]"));

    [Fact]
    public void What_says_that_it_is_not_classified_is_logged() => CompiledLog.Of(
        """[TrainLog(1, LogLevel.Information, "{a}")] static partial void M(ILogger logger, [NoDataClassification] string a);""", "M(logger, \"open\");", Classes)
        .Says("open", ("a", "open"));

    [Fact]
    public void Classified_properties_are_erased_where_their_object_is_taken_apart()
    {
        const string Method = """
            [TrainLog(1, LogLevel.Information, "login")] static partial void M(ILogger logger, [Microsoft.Extensions.Logging.LogProperties] Login login, [LogFields] Filled form);
            """;
        CompiledLog.Of(Method, "M(logger, new Login(\"secret\", \"secret\", 3), new Filled());", Classes)
            .Says("login", ("login.User", "[erased]"), ("login.Scan", "[erased]"), ("login.Attempts", "3"), ("form.Name", "[erased]"), ("form.Key", "[erased]"));
    }

    [Fact]
    public void A_log_chooses_the_redactor_of_Microsofts_classes_too()
    {
        CompiledLog log = CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "{a}")] static partial void M(ILogger logger, [UnknownDataClassification] string a);""",
            "M(logger, \"123456789\");",
            options: static o => o.Redact<Microsoft.Extensions.Compliance.Classification.DataClassificationAttribute>(Redactor.Mask(2)));
        Assert.Equal(["****89", "****89"], new[] { log.Own[0], log.Hosted[0] }.Select(static l => l.GetProperty("message").GetString()));
    }

    [Fact]
    public void An_attribute_that_another_assembly_keeps_to_itself_still_erases()
    {
        using var image = new MemoryStream();
        Assert.True(Compiled.Source(LanguageVersion.CSharp13, """
            using FastTrainLog;
            using Microsoft.Extensions.Compliance.Classification;
            namespace Other;
            internal sealed class OwnAttribute : ClassifiedDataAttribute;
            internal sealed class TheirsAttribute() : DataClassificationAttribute(new DataClassification("a", "b"));
            public sealed class User { [Own] public string Name => "secret"; [Theirs] public string Key => "secret"; }
            """).WithAssemblyName("Other").Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        System.Runtime.Loader.AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(image.ToArray()));
        CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "m")] static partial void M(ILogger logger, [LogFields] Other.User user);""",
            "M(logger, new Other.User());",
            references: MetadataReference.CreateFromImage(image.ToArray()))
            .Says("m", ("user.Name", "[erased]"), ("user.Key", "[erased]"));
    }

    [Fact]
    public void Names_depths_and_what_is_left_out_are_as_Microsoft_has_them()
    {
        const string Types = """
            public sealed class Inner { public int Deep { get; set; } = 1; public override string ToString() => "inner"; }
            public sealed class Outer
            {
                public Inner Plain { get; set; } = new();
                [LogProperties] public Inner Marked { get; set; } = new();
                [TagName("named")] public int Other { get; set; } = 2;
                [LogPropertyIgnore] public string Left { get; set; } = "left";
            }
            """;
        CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "{tag} {outer.named}")] static partial void M(ILogger logger, [LogProperties] Outer outer, [TagName("tag")] string text);""",
            "M(logger, new Outer(), \"t\");",
            Types)
            .Says("t 2", ("outer.Plain", "inner"), ("outer.Marked.Deep", "1"), ("outer.named", "2"), ("tag", "t"));
        CompiledLog.Of(
            """
            #pragma warning disable EXTEXP0003
            [TrainLog(1, LogLevel.Information, "m")] static partial void M(ILogger logger, [LogProperties(OmitReferenceName = true, Transitive = true)] Outer outer);
            """, "M(logger, new Outer());", Types)
            .Says("m", ("Plain.Deep", "1"), ("Marked.Deep", "1"), ("named", "2"));
    }
}
