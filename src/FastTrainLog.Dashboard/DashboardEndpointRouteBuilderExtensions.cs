using FastTrainLog.Dashboard;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Alerts;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Metrics;
using FastTrainLog.Dashboard.Records;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Dashboard.Steering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the dashboard's page and its interface.</summary>
public static class DashboardEndpointRouteBuilderExtensions
{
    /// <summary>Maps the page and its interface below a path.</summary>
    /// <remarks>
    /// Every endpoint refuses foreign hosts and origins, and clients of other machines unless there is a token. The returned builder accepts further
    /// conventions, such as <c>RequireAuthorization</c>.
    /// </remarks>
    /// <param name="endpoints">The routes of the host, whose services include those of <see cref="DashboardServiceCollectionExtensions.AddFastTrainLogDashboard"/>.</param>
    /// <param name="path">The path, such as <c>/runs</c>; empty for the root.</param>
    /// <returns>A builder of conventions for all its endpoints.</returns>
    /// <exception cref="InvalidOperationException">The services were not added.</exception>
    public static IEndpointConventionBuilder MapFastTrainLog(this IEndpointRouteBuilder endpoints, string path = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        DashboardOptions options = endpoints.ServiceProvider.GetService<DashboardOptions>()
            ?? throw new InvalidOperationException($"The services of the dashboard are missing: call services.{nameof(DashboardServiceCollectionExtensions.AddFastTrainLogDashboard)} first.");
        LogCatalog catalog = endpoints.ServiceProvider.GetRequiredService<LogCatalog>();
        var access = new AccessRules(options);
        var workers = new RequestWorkers();
        RouteGroupBuilder group = endpoints.MapGroup(path);
        PageFiles.Map((pattern, handler) => Get(group, pattern, access.Page(handler)));
        group.MapMethods("/login", [HttpMethods.Post], access.Login);
        var runs = new RunList(catalog);
        var details = new RunDetails(catalog);
        var series = new SeriesAnswer(catalog);
        var relevance = new RelevanceAnswer(catalog);
        var heat = new HeatAnswer(catalog);
        var histograms = new HistogramAnswer(catalog);
        var records = new RecordAnswer(catalog);
        AlertBook book = endpoints.ServiceProvider.GetRequiredService<AlertBook>();
        var alerts = new AlertEndpoint(book, access);
        var stream = new EventStream(catalog, book, options);
        var steering = new SteeringEndpoint(catalog, access);
        Get(group, "/api/runs", access.Interface(workers.Run(runs.Write)));
        Get(group, "/api/configurations", access.Interface(workers.Run(runs.WriteConfigurations)));
        Get(group, "/api/names", access.Interface(workers.Run(runs.WriteNames)));
        Get(group, "/api/run", access.Interface(workers.Run(details.Write)));
        Get(group, "/api/series", access.Interface(workers.Run(series.Write)));
        Get(group, "/api/heat", access.Interface(workers.Run(heat.Write)));
        Get(group, "/api/histograms", access.Interface(workers.Run(histograms.Write)));
        Get(group, "/api/records", access.Interface(workers.Run(records.Write)));
        Get(group, "/api/stream", access.Interface(stream.Send));
        Get(group, "/api/control", access.Interface(steering.WriteState));
        group.MapMethods("/api/control", [HttpMethods.Post], access.Commands(steering.Send));
        Get(group, "/api/alerts", access.Interface(alerts.Write));
        group.MapMethods("/api/alerts", [HttpMethods.Post], access.Commands(alerts.Change));
        Get(group, "/api/relevance", access.Interface(workers.Run(relevance.Write)));
        Get(group, "/metrics", access.Interface(workers.Run(new MetricsAnswer(catalog).Write, MetricsAnswer.Type)));
        return group;
    }

    private static void Get(RouteGroupBuilder group, string pattern, RequestDelegate handler) => group.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler);
}
