using FastTrainLog.Redaction;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

/// <summary>Secrets do not come into the record of a run's start, and what is none stays.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("password", true)]
    [InlineData("db.PASSWORD", true)]
    [InlineData("passwordFile", true)]
    [InlineData("HF_TOKEN", true)]
    [InlineData("wandb.api_key", true)]
    [InlineData("apiKey", true)]
    [InlineData("APIKey", true)]
    [InlineData("client-secret", true)]
    [InlineData("AWS_SECRET_ACCESS_KEY", true)]
    [InlineData("max_tokens", false)]
    [InlineData("tokenizer", false)]
    [InlineData("token_count", false)]
    [InlineData("num_key_value_heads", false)]
    [InlineData("keys", false)]
    [InlineData("monkey", false)]
    [InlineData("learning_rate", false)]
    [InlineData("tokenizer.pad_token", false)]
    [InlineData("primaryKey", false)]
    [InlineData("layers.0.self.key", false)]
    [InlineData("forward_pass", false)]
    [InlineData("db_pass", true)]
    [InlineData("GITHUB_PAT", true)]
    public void A_name_tells(string name, bool isSecret) => Assert.Equal(isSecret, SecretNames.IsSecret(name));

    [Theory]
    [InlineData("https://me:pw@host/path?x=1", "https://****@host/path?x=1")]
    [InlineData("s3://bucket/key?sig=1&token=abc&y=2", "s3://bucket/key?sig=1&token=****&y=2")]
    [InlineData("Authorization: Bearer abcdefghijkl", "Authorization: ****")]
    [InlineData("Server=db;Password=hunter2;Port=1", "Server=db;Password=****;Port=1")]
    [InlineData("me@example.org", "me@example.org")]
    [InlineData("lr=0.1", "lr=0.1")]
    [InlineData("hub hf_kkkkkkkkkkkkkkkkkkkkkkkk", "hub ****")]
    [InlineData("{\"api_key\": \"abc\", \"pad_token\": \"<pad>\"}", "{\"api_key\": \"****\", \"pad_token\": \"<pad>\"}")]
    [InlineData("a basic understanding", "a basic understanding")]
    [InlineData("password=a password=b*c", "password=**** password=****")]
    [InlineData("/data/set", "/data/set")]
    public void A_text_tells(string text, string shown) => Assert.Equal(shown, Secrets.Redact(text));

    [Fact]
    public void A_command_line_keeps_what_is_no_secret()
    {
        Assert.Equal(
            ["train", "--token", "****", "--api-key=****", "--lr", "0.1", "--max-tokens", "4096", "--password", "--verbose", "HF_TOKEN=****", "https://****@host"],
            Secrets.RedactArguments(["train", "--token", "abc", "--api-key=abc", "--lr", "0.1", "--max-tokens", "4096", "--password", "--verbose", "HF_TOKEN=abc", "https://a:b@host"]));
    }

    [Fact]
    public void Values_keep_their_types_and_lists_their_order_and_nesting_without_end_ends()
    {
        var circle = new Dictionary<string, object?>();
        circle["self"] = circle;
        KeyValuePair<string, object?>[] flat = ConfigValues.Flatten(
        [
            new("lr", 1e-3), new("steps", 5L), new("pad_token", false), new("secret", 7), new("layers", new[] { 1, 2 }),
            new("json", System.Text.Json.JsonDocument.Parse("""{"a":[1.5,"x",null],"password":"p"}""").RootElement), new("circle", circle),
        ]);
        Assert.Equal(
            [new("lr", 1e-3), new("steps", 5L), new("pad_token", false), new("secret", "****"), new("layers.0", 1), new("layers.1", 2), new("json.a.0", 1.5), new("json.a.1", "x"), new("json.a.2", null), new("json.password", "****")],
            flat[..10]);
        Assert.Equal(11, flat.Length);
    }

    [Fact]
    public void The_commit_of_a_repository_is_found_in_its_branches_its_packed_references_and_its_worktrees()
    {
        const string Commit = "0123456789abcdef0123456789abcdef01234567";
        using var directory = new TemporaryDirectory();
        string repository = directory["repository"];
        string git = Path.Combine(repository, ".git");
        Directory.CreateDirectory(Path.Combine(git, "refs/heads/feature"));
        Directory.CreateDirectory(Path.Combine(repository, "src/deep"));
        File.WriteAllText(Path.Combine(git, "HEAD"), "ref: refs/heads/feature/one\n");
        Assert.Null(GitCommit.Find(Path.Combine(repository, "src/deep")));
        File.WriteAllText(Path.Combine(git, "packed-refs"), $"# pack-refs with: peeled\n{Commit} refs/heads/feature/one\n");
        Assert.Equal(new GitCommit(Commit, "feature/one"), GitCommit.Find(Path.Combine(repository, "src/deep")));
        File.WriteAllText(Path.Combine(git, "refs/heads/feature/one"), Commit.Replace('0', 'f') + "\n");
        Assert.Equal(new GitCommit(Commit.Replace('0', 'f'), "feature/one"), GitCommit.Find(repository));
        File.WriteAllText(Path.Combine(git, "HEAD"), Commit + "\n");
        Assert.Equal(new GitCommit(Commit, null), GitCommit.Find(repository));

        string worktree = directory["worktree"];
        string own = Path.Combine(git, "worktrees/worktree");
        Directory.CreateDirectory(own);
        Directory.CreateDirectory(worktree);
        File.WriteAllText(Path.Combine(worktree, ".git"), $"gitdir: {own}\n");
        File.WriteAllText(Path.Combine(own, "commondir"), "../..\n");
        File.WriteAllText(Path.Combine(own, "HEAD"), "ref: refs/heads/feature/one\n");
        Assert.Equal(new GitCommit(Commit.Replace('0', 'f'), "feature/one"), GitCommit.Find(worktree));
        File.WriteAllText(Path.Combine(own, "HEAD"), "ref: refs/heads/none\n");
        Assert.Null(GitCommit.Find(worktree));
    }
}
