using FastTrainLog.Redaction;
using Xunit;

namespace FastTrainLog.Tests.Redaction;

/// <summary>What is masked in texts, and what is not.</summary>
public sealed class TextScrubberTests
{
    private static readonly string Key = new('k', 40);

    // What is masked stands between « and ».
    public static TheoryData<string> Secrets =>
    [
        "«ada.lovelace+ml@mail.example.org» signed in",
        "«a@b.c»",
        "sent to «ada@example.org»,«bob@example.org»;",
        "git clone https://«ada:s3cret»@example.org/x.git",
        "postgres://«ada:pässword»@db.example.org:5432/runs?sslmode=require",
        $"uploading with «ghp_{Key}» now",
        $"«github_pat_{Key}_{Key}»",
        $"(«glpat-{Key}»)",
        $"slack «xoxb-123456789012-{Key}»",
        $"«sk-proj-{Key}»",
        $"HF: «hf_{Key}».",
        $"«npm_{Key}»",
        "«AKIAIOSFODNN7EXAMPLE» and «ASIAIOSFODNN7EXAMPLE»",
        $"«AIza{new string('x', 35)}»",
        "«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U»",
        "curl -H 'Accept: */*' -H '«Bearer abcdefghijklmnop.qrstuvwxyz»'",
        "Authorization: «Basic YWRhOnMzY3JldA==»",
        "\"authorization\": \"«Token 0123456789abcdef»\"",
        "password=«hunter2»&user=ada",
        "PASSWORD: «hunter2»",
        "db_password = '«hunter2»', retries = 3",
        "{\"api_key\":\"«0123456789»\",\"steps\":100}",
        """{\"api-key\":\"«0123456789»\"}""",
        "AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        "HF_TOKEN=«abc»",
        "wandb_token: «abc»",
        "DB_PASS=«abc»",
        "token=«abc»",
        "GET /v1?key=«abc»&step=3",
        "ssh://«git»@example.org/x",
        "secret_name_of_the_thing: «abc»",
        "aws.secretAccessKey: «abc»",
        "config: password=«hunter2» steps=3",
        "spath: password=«a» token=«b»",
        "access_token: «x y» z".Replace("«x y»", "«x» y", StringComparison.Ordinal),
        "«-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nx/+=\n-----END RSA PRIVATE KEY-----»",
        "«-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA cut short»",
    ];

    public static TheoryData<string> OrdinaryTexts =>
    [
        string.Empty,
        "Epoch 3: 512 tokens: 50256 of 100000, tokens/s: 1234.5",
        "next token: hello",
        "risk-adjusted-learning-rate-schedule-with-a-long-name",
        "task-0123456789012345678901234567890123456789",
        "resnet50 @ step 100, @dataclass",
        "key=lr value=0.1 keys: 7",
        "pad_token: <pad>, eos_token='</s>', next_token=hello",
        "forward_pass: 12 ms, backward_pass=34 ms, pass: 3",
        "self.key: 0.5, attn.key=0.25, primary_key=7",
        "path: /data, pin: 3, auth: none",
        "http://example.org:8080/path?step=3",
        "monkey: banana, passed: true, secretary's report",
        "weights in /data/checkpoints/step-001000/model.safetensors",
        "layer.0.attention.self.query.weight",
        "eyJ is a prefix, AKIA too, hf_hub as well",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "säule 頁 😀",
    ];

    [Theory]
    [MemberData(nameof(Secrets))]
    public void What_has_the_form_of_a_secret_is_masked_and_nothing_beside_it(string text)
    {
        string plain = text.Replace("«", string.Empty, StringComparison.Ordinal).Replace("»", string.Empty, StringComparison.Ordinal);
        string expected = string.Concat(text.Split('«').SelectMany((part, i) => i == 0 ? [part] : new[] { new string('*', part.IndexOf('»')), part[(part.IndexOf('»') + 1)..] }));
        Assert.Equal(expected, Scrub(plain));
    }

    [Theory]
    [MemberData(nameof(OrdinaryTexts))]
    public void Ordinary_texts_stay_as_they_are(string text) => Assert.Equal(text, Scrub(text));

    [Fact]
    public void A_pattern_of_the_user_is_masked_with_and_without_the_known_forms()
    {
        Assert.Equal("patient ****** at ada@example.org", Scrub("patient P-1234 at ada@example.org", new ScrubRules(KnownForms: false, @"P-\d{4}")));
        Assert.Equal("patient ****** at ***************", Scrub("patient P-1234 at ada@example.org", new ScrubRules(KnownForms: true, @"P-\d{4}")));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("x*")]
    [InlineData("(?<=a)b")]
    [InlineData(@"(a)\1")]
    public void A_pattern_that_cannot_be_searched_in_linear_time_or_matches_nothing_is_refused(string pattern) =>
        Assert.ThrowsAny<ArgumentException>(() => new TextScrubber(new ScrubRules(true, pattern)));

    // Each is a long row of what begins like a secret again and again, with one at its end.
    [Theory]
    [InlineData("a@")]
    [InlineData("a")]
    [InlineData("a.")]
    [InlineData("a-@-a.")]
    [InlineData("://a:")]
    [InlineData("://")]
    [InlineData("password")]
    [InlineData("password=")]
    [InlineData("token==")]
    [InlineData("eyJaaaaaaaa.")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("-----BEGIN ")]
    [InlineData("Bearer ")]
    [InlineData("sk-")]
    [InlineData("\0")]
    [InlineData("\ud83d")]
    public void Hostile_texts_are_searched_to_their_ends(string part)
    {
        string text = string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
        string scrubbed = Scrub($"{text}\n password=hunter2 ");
        Assert.EndsWith("*******", scrubbed.TrimEnd());
        Assert.DoesNotContain("hunter2", scrubbed);
        Assert.Equal(scrubbed, Scrub(scrubbed));
    }

    [Fact]
    public void Any_text_keeps_its_length_and_hides_no_key_beside_it()
    {
        string[] pieces = ["a", "@", ".", "b", "://", ":", "=", "password", "token", " ", "\"", "\\", "'", "ghp_", Key[..20], "-", "_", "eyJ", "AKIA", "-----BEGIN PRIVATE KEY-----", "\n", "é", "😀", ","];
        string other = new('q', 40);
        var random = new Random(7);
        for (int i = 0; i < 5_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            string scrubbed = Scrub(text);
            Assert.Equal(text.Length, scrubbed.Length);
            Assert.Equal(text.Length, text.Zip(scrubbed).Count(pair => pair.First == pair.Second || pair.Second == '*'));
            Assert.DoesNotContain(other, Scrub($"{text} ghp_{other} {text}"));
        }
    }

    private static string Scrub(string text, ScrubRules? rules = null)
    {
        var scrubber = new TextScrubber(rules ?? new ScrubRules(KnownForms: true, string.Empty));
        char[] scrubbed = text.ToCharArray();
        scrubber.Hide(scrubbed);
        Assert.Equal(scrubber.Finds(text), text != new string(scrubbed) || scrubber.Finds(scrubbed));
        return new string(scrubbed);
    }
}
