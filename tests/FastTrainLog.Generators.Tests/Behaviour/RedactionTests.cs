using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastTrainLog.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>One test at a time: what other loggers get follows the log that was started last.</summary>
[CollectionDefinition(nameof(RedactionTests), DisableParallelization = true)]
[Collection(nameof(RedactionTests))]
public sealed class RedactionTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];
    private static readonly Guid Token = Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff");

    [Fact]
    public void Classified_values_are_erased_where_nothing_else_is_chosen()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        FieldMessages.Classified(run.Logger, "ada@example.org", Token, 41);
        FieldMessages.Classified(foreign, null, Token, 41);

        Assert.Equal("""{"User":"[erased]","Token":"[erased]","age":"[erased]"}""", run.Single().GetProperty("properties").GetRawText());
        Assert.Equal("[erased] with [erased]", run.Single().GetProperty("message").GetString());
        Assert.Equal("[erased] with [erased]", foreign.Calls[0].Message);
        Assert.All(foreign.Calls[0].State[..3], static pair => Assert.Equal("[erased]", pair.Value));
    }

    [Fact]
    public void Of_several_classified_values_none_is_logged()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        FieldMessages.Several(run.Logger, [1], ["ada"], [2], [3], [("rate", 4)]);
        FieldMessages.Several(foreign, [1], ["ada"], [2], [3], [("rate", 4)]);

        const string Message = "[erased] [erased] [erased] [erased] [erased]";
        Assert.Equal(Message, run.Single().GetProperty("message").GetString());
        Assert.All(run.Single().GetProperty("properties").EnumerateObject(), static p => Assert.Equal("[erased]", p.Value.GetString()));
        Assert.Equal(Message, foreign.Calls[0].Message);
        Assert.All(foreign.Calls[0].State[..^1], static pair => Assert.Equal("[erased]", pair.Value));
    }

    [Fact]
    public void A_log_chooses_a_redactor_for_each_classification_and_those_below_it()
    {
        using var run = new LoggedRun(static o => o
            .Redact<PersonalDataAttribute>(Redactor.Hash(Key))
            .Redact<SecretDataAttribute>(Redactor.Mask(4))
            .Redact<PersonalRecordAttribute>(Redactor.Hash(Key)));
        FieldMessages.Classified(run.Logger, "ada@example.org", Token, 41);

        JsonElement properties = run.Single().GetProperty("properties");
        Assert.Equal(Hash("ada@example.org"), properties.GetProperty("User").GetString());
        Assert.Equal("****64ff", properties.GetProperty("Token").GetString());
        Assert.Equal(Hash("41"), properties.GetProperty("age").GetString());
    }

    [Fact]
    public void Other_loggers_follow_the_log_that_runs_and_get_values_erased_when_it_ends()
    {
        var foreign = new CapturingLogger();
        using (var run = new LoggedRun(static o => o.Redact<PersonalDataAttribute>(Redactor.Mask(2))))
        {
            FieldMessages.Classified(foreign, "Ada Lovelace", Token, 41);
        }

        FieldMessages.Classified(foreign, "Ada Lovelace", Token, 41);
        Assert.Equal(["****ce with [erased]", "[erased] with [erased]"], foreign.Calls.Select(static c => c.Message));
    }

    [Fact]
    public void A_composite_logger_brings_the_redacted_value_into_the_log_once_redacted()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-redaction-").FullName;
        using (ServiceProvider services = new ServiceCollection()
            .AddLogging(b => b.AddFastTrainLog(o =>
            {
                (o.LogDirectory, o.EnableConsoleLogging) = (directory, false);
                o.Redact<PersonalDataAttribute>(Redactor.Hash(Key));
            }))
            .BuildServiceProvider())
        {
            FieldMessages.Classified(services.GetRequiredService<ILoggerFactory>().CreateLogger("Composite"), "ada", Token, 41);
        }

        Assert.Contains($"\"User\":\"{Hash("ada")}\"", File.ReadAllText(Path.Combine(directory, "run.jsonl")));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Classified_properties_are_redacted_where_their_record_is_taken_apart()
    {
        var foreign = new CapturingLogger();
        using var run = new LoggedRun(static o => o.Redact<PersonalDataAttribute>(Redactor.Mask(2)));
        FieldMessages.Nested(run.Logger, new Login("Ada Lovelace", "hunter2", 3));
        FieldMessages.Nested(foreign, new Login("Ada Lovelace", null, 3));

        Assert.Equal("""{"login":{"User":"****ce","Password":"[erased]","Attempts":3}}""", run.Single().GetProperty("properties").GetRawText());
        Assert.Equal(["****ce", "[erased]", 3], foreign.Calls[0].State[..3].Select(static pair => pair.Value));
    }

    private const string Classes = """
        public record Login(string User, [property: SecretData] string Key);
        public sealed record Admin(string User, string Key) : Login(User, Key);
        public sealed record Plain(string User, [SecretData] string Key);
        public sealed record Field(string User) { [SecretData] public string Key = "hunter2"; }
        public sealed class Hidden { [SecretData] internal string Key { get; set; } = "hunter2"; public override string ToString() => Key; }
        public sealed class Behind { [field: SecretData] public string Key { get; set; } = "hunter2"; public override string ToString() => Key; }
        public interface IKeyed { [SecretData] string Key { get; } }
        public sealed class Keyed : IKeyed { public string Key => "hunter2"; public override string ToString() => Key; }
        [SecretData] public sealed class Card { public string Number => "hunter2"; public override string ToString() => Number; }
        public sealed class Wallet { public Card Card { get; } = new(); public List<Card> Cards { get; } = [new()]; public Login[] Logins { get; } = [new("ada", "hunter2")]; public Admin Admin { get; } = new("ada", "hunter2"); public Nested Inner { get; } = new(); public override string ToString() => "hunter2"; public sealed class Nested { [SecretData] public string Key => "hunter2"; public int Number => 1; } }
        public sealed class Cards : List<Card>;
        public sealed class Logins : IEnumerable<Login> { public IEnumerator<Login> GetEnumerator() { yield return new("ada", "hunter2"); } System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); }
        public sealed class Node<T> { public Node<Node<T>>? Next { get; set; } public override string ToString() => "node"; }
        """;

    [Theory]
    [InlineData("Login v", "new(\"ada\", \"hunter2\")")]
    [InlineData("Admin v", "new(\"ada\", \"hunter2\")")]
    [InlineData("Plain v", "new(\"ada\", \"hunter2\")")]
    [InlineData("Field v", "new(\"ada\")")]
    [InlineData("Hidden v", "new()")]
    [InlineData("Behind v", "new()")]
    [InlineData("Keyed v", "new()")]
    [InlineData("IKeyed v", "new Keyed()")]
    [InlineData("Card v", "new()")]
    [InlineData("Wallet v", "new()")]
    [InlineData("Wallet.Nested[] v", "[new()]")]
    [InlineData("Cards v", "new() { new Card() }")]
    [InlineData("Logins v", "new()")]
    [InlineData("List<Login> v", "[new(\"ada\", \"hunter2\")]")]
    [InlineData("IReadOnlyDictionary<string, Login> v", "new Dictionary<string, Login> { [\"a\"] = new(\"ada\", \"hunter2\") }")]
    [InlineData("(int, Login) v", "(1, new(\"ada\", \"hunter2\"))")]
    [InlineData("Lazy<Login> v", "new(new Login(\"ada\", \"hunter2\"))")]
    public void An_object_with_a_classified_part_is_erased_where_it_is_logged_whole(string parameter, string value) =>
        CompiledLog.Of($$"""[TrainLog(1, LogLevel.Information, "{v} {n}")] static partial void M(ILogger logger, {{parameter}}, int n);""", $"M(logger, {value}, 2);", Classes)
            .Says("[erased] 2", ("v", "[erased]"), ("n", "2"));

    [Theory]
    [InlineData("Login v", "new Login(\"ada\", \"hunter2\")", "v.User=ada", "v.Key=[erased]")]
    [InlineData("Admin v", "new Admin(\"ada\", \"hunter2\")", "v.User=ada", "v.Key=[erased]")]
    [InlineData("Behind v", "new Behind()", "v.Key=[erased]")]
    [InlineData("Keyed v", "new Keyed()", "v.Key=[erased]")]
    [InlineData("Card v", "new Card()", "v.Number=[erased]")]
    [InlineData("Wallet v", "new Wallet()", "v.Card.Number=[erased]", "v.Cards=[erased]", "v.Logins=[erased]", "v.Admin.User=ada", "v.Admin.Key=[erased]", "v.Inner.Key=[erased]", "v.Inner.Number=1")]
    public void An_object_that_is_taken_apart_shows_what_is_not_classified(string parameter, string value, params string[] fields) =>
        CompiledLog.Of($$"""[TrainLog(1, LogLevel.Information, "m")] static partial void M(ILogger logger, [LogFields] {{parameter}});""", $"M(logger, {value});", Classes)
            .Says("m", [.. fields.Select(static f => (f.Split('=')[0], f.Split('=')[1]))]);

    [Fact]
    public void A_type_of_ever_larger_ones_is_logged() =>
        CompiledLog.Of("""[TrainLog(1, LogLevel.Information, "{v}")] static partial void M(ILogger logger, Node<int> v);""", "M(logger, new());", Classes).Says("node", ("v", "node"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_raw_value_never_stands_in_a_thread_buffer(bool hashed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody read a file that is locked.");
        string secret = $"secret-{Guid.NewGuid():N}";
        using var run = new LoggedRun(o =>
        {
            if (hashed)
            {
                o.Redact<PersonalDataAttribute>(Redactor.Hash(Key));
            }
        });
        FieldMessages.Direct(run.Logger, secret);
        FieldMessages.Classified(run.Logger, secret, Token, 41);
        FirstCut.Any(run.Logger, 1, "plain-" + secret[^8..], 2);
        Assert.Equal(3, run.Read().Count);

        // The journal is the thread buffers' memory.
        byte[] memory = run.ReadJournal();
        Assert.True(memory.AsSpan().IndexOf(Encoding.Unicode.GetBytes("plain-" + secret[^8..])) >= 0, "The test must be able to see what is logged.");
        Assert.True(memory.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)) < 0);
        Assert.True(memory.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0);
    }

    [Theory]
    [InlineData("123456789", 4, "****6789")]
    [InlineData("1234567", 4, "****")]
    [InlineData("", 4, "****")]
    [InlineData("secret", 0, "****")]
    [InlineData("abc😀", 1, "****")]
    public void A_mask_shows_the_end_of_values_that_are_long_enough(string value, int visible, string expected)
    {
        using var run = new LoggedRun(o => o.Redact<PersonalDataAttribute>(Redactor.Mask(visible)));
        FieldMessages.Direct(run.Logger, value);
        Assert.Equal(expected, run.Single().GetProperty("message").GetString());
    }

    [Fact]
    public void A_short_key_and_a_wide_mask_are_refused()
    {
        Assert.Contains("15 bytes", Assert.Throws<ArgumentException>(() => Redactor.Hash(new byte[15])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Redactor.Mask(17));
    }

    [Fact]
    public void Long_values_are_hashed_whole()
    {
        string value = string.Concat(Enumerable.Repeat("ü-long-", 1000));
        using var run = new LoggedRun(static o => o.Redact<PersonalDataAttribute>(Redactor.Hash(Key)));
        FieldMessages.Direct(run.Logger, value);
        Assert.Equal(Hash(value), run.Single().GetProperty("message").GetString());
    }

    private static string Hash(string value) => Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(value)))[..32];
}
