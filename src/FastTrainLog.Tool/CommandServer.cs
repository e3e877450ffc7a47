using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace FastTrainLog.Tool;

/// <summary>The web server of a command.</summary>
internal static class CommandServer
{
    /// <summary>Returns what it is built with: it reads no settings where the command is started, and does not name itself.</summary>
    public static WebApplicationBuilder CreateBuilder()
    {
        // Not the directory where the command is started: a file of settings there could have it listen elsewhere, and the host would watch all that is written below it.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        return builder;
    }
}
