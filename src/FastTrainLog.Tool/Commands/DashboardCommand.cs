using System.CommandLine;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog dashboard DIR…</c>: the page over log directories.</summary>
internal static class DashboardCommand
{
    private const string TokenVariable = "FASTTRAINLOG_DASHBOARD_TOKEN";
    private const int DefaultPort = 6060;
    private const long LongestBody = 64 * 1024;

    public static Command Create(TextWriter output)
    {
        var directories = new Argument<string[]>("directories") { Description = "Log directories, or directories with log directories below them, at any depth.", HelpName = "DIR", Arity = ArgumentArity.OneOrMore };
        var port = new Option<int>("--port", "-p") { Description = $"The port on this machine's loopback interface; 0 for a free one. Default: {DefaultPort}.", HelpName = "PORT", DefaultValueFactory = _ => DefaultPort };
        var url = new Option<string?>("--url") { Description = "The address to listen at instead, such as http://0.0.0.0:6060; any but the loopback interface requires a token.", HelpName = "URL" };
        var tokenFile = new Option<string?>("--token-file") { Description = $"A file with the token that clients have to know; without it, the token is that of the environment variable {TokenVariable}, if there is one.", HelpName = "FILE" };
        var hosts = new Option<string[]>("--host") { Description = "A name under which clients may address this server, besides localhost and that of --url. May be given several times.", HelpName = "NAME" };
        var alerts = new Option<string?>("--alerts") { Description = "A file of rules: what to tell of a run by a webhook or a command.", HelpName = "FILE" };
        var readOnly = new Option<bool>("--read-only") { Description = "Takes no commands to runs from the page." };
        var command = new DocumentedCommand(
            "dashboard",
            "Shows runs, charts, errors and records in a browser, live.",
            """
            Serves a page over the logs in the given directories and below them: the runs with their states, charts of every series down to single
            steps, comparison of runs, errors and records. It reads the directories only, and never a training process. It listens at this machine's
            loopback interface; at any other address it requires a token of 16 characters or more, which is not given on the command line, where
            other users can see it.

            A run whose program has TrainingRunOptions.EnableControl can be paused, stopped and changed from the page: by who has the token, and without
            a token by the user of this command only.

            Returns 0 after Ctrl+C or SIGTERM; 1 if a directory does not exist, the address is in use, or a token is missing; 2 for a wrong command line.

            Examples:
              fasttrainlog dashboard logs
              fasttrainlog dashboard experiments /mnt/cluster/runs --port 8080
              fasttrainlog dashboard experiments --url http://0.0.0.0:6060 --token-file token.txt --host trainer.local
            """)
        {
            directories, port, url, tokenFile, hosts, alerts, readOnly,
        };
        command.SetAction((parsed, cancellation) => Run(
            parsed.GetRequiredValue(directories), parsed.GetValue(url) ?? $"http://127.0.0.1:{parsed.GetValue(port)}", TokenOf(parsed.GetValue(tokenFile)), parsed.GetValue(hosts) ?? [], parsed.GetValue(alerts), parsed.GetValue(readOnly), output, cancellation));
        return command;
    }

    private static async Task<int> Run(string[] directories, string url, string? token, string[] hosts, string? alerts, bool isReadOnly, TextWriter output, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new ToolException($"'{url}' is no address: write http://HOST:PORT.");
        }

        if (Array.Find(directories, directory => !Directory.Exists(directory)) is { } missing)
        {
            throw new ToolException(File.Exists(missing) ? $"'{missing}' is a file; give the directory that contains it." : $"There is no directory '{missing}'.");
        }

        bool isLoopback = address.IsLoopback;
        if (!isLoopback && token is null)
        {
            throw new ToolException($"{url} can be reached from other machines, so clients need a token: put one of at least {DashboardOptions.ShortestToken} characters into a file for --token-file, or into {TokenVariable}.");
        }

        WebApplicationBuilder builder = CommandServer.CreateBuilder();
        // Alerts, and failures of the server; that it could not start is the command's own message.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.UseUrls(url);
        if (address.Scheme == "https")
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LongestBody;
            // A client that reads slowly keeps at most this much of its answer in the server's memory.
            kestrel.Limits.MaxResponseBufferSize = LongestBody;
        });
        try
        {
            builder.Services.AddFastTrainLogDashboard(options =>
            {
                foreach (string directory in directories)
                {
                    options.Directories.Add(directory);
                }

                options.Token = token;
                options.AlertFile = alerts;
                options.AllowSteering = !isReadOnly;
                options.AllowedHosts.Add(address.Host);
                foreach (string host in hosts)
                {
                    options.AllowedHosts.Add(host);
                }
            });
        }
        catch (ArgumentException exception)
        {
            throw new ToolException(exception.Message);
        }

        await using WebApplication app = builder.Build();
        app.MapFastTrainLog();
        await app.StartAsync(cancellation);
        string at = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        output.WriteLine(ShownText.Of($"{at}/ shows {string.Join(", ", directories)}. Ctrl+C ends it."));
        if (!isLoopback && address.Scheme == "http")
        {
            output.WriteLine("The connection has no TLS: who can read the network can read the token and the logs. Use an SSH tunnel, or a reverse proxy with TLS.");
        }

        output.Flush();
        await app.WaitForShutdownAsync(cancellation);
        return ExitCodes.Success;
    }

    private static string? TokenOf(string? file)
    {
        string? token = file is null ? Environment.GetEnvironmentVariable(TokenVariable) : File.ReadAllText(file).Trim();
        return file is not null && token is "" ? throw new ToolException($"'{file}' is empty: it must contain the token.") : token is "" ? null : token;
    }
}
